"""What only those see who look after the whole installation."""

INSTALLATION = """
#                                                 everybody superuser
GET  admin:accounts_user_changelist               403       200
GET  admin:accounts_user_add                      403       403
GET  admin:accounts_user_change                   403       200    stranger_user
GET  admin:accounts_user_history                  403       200    stranger_user
GET  admin:accounts_user_delete                   403       403    stranger_user
GET  admin/accounts/user/<path:object_id>/        302       302    stranger_user
GET  admin:auth_group_changelist                  403       200
GET  admin:auth_group_add                         403       403
GET  admin:auth_group_change                      403       200    group
GET  admin:auth_group_history                     403       200    group
GET  admin:auth_group_delete                      403       403    group
GET  admin/auth/group/<path:object_id>/           302       302    group
GET  admin:accounts_user_permissions              302       200    stranger_user
GET  admin:accounts_user_permissions_manage_user  302       200    stranger_user,stranger_user
GET  admin:accounts_user_permissions_manage_group 302       200    stranger_user,group
GET  admin:accounts_workspace_add                 403       200
GET  admin:backups                                403       200
POST admin:backups                                403       302
"""

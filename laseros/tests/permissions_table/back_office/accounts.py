# ruff: noqa: E501 (a table is wider than prose)
"""Every model, and those of accounts and clients."""

ACCOUNTS = """
#    model                       page                   viewer office manag. admin  elsewh.
GET  *                           bare                   302    302    302    302    302    nothing
GET  *                           delete                 403    403    403    403    403    nothing
POST *                           delete                 403    403    403    403    403    nothing post=yes
GET  *                           verb                   404    404    404    404    404    nothing
GET  *                           saved                  403    403    403    403    403
GET  accounts_activity           list,export            200    200    200    200    200
POST accounts_activity           saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  accounts_activity           add                    403    403    403    403    403
POST accounts_activity           add                    403    403    403    403    403
GET  accounts_activity           change,history         200    200    200    200    404    activity
POST accounts_activity           change                 403    403    403    403    403    activity
GET  accounts_membership         list,export            403    403    200    200    200
POST accounts_membership         saved                  403    403    302    302    302    - label=Mine&query=q%3Dx
GET  accounts_membership         change,history         403    403    200    200    404    member
POST accounts_membership         change                 403    403    403    403    403    member
GET  accounts_membership         add                    403    403    403    200    200
POST accounts_membership         add                    403    403    403    302    302    - email=new@cutters.example&name=New&role=viewer
GET  accounts_membership         badge                  403    403    200    200    404    member
GET  accounts_backgroundtask     list                   403    200    200    200    200
GET  accounts_backgroundtask     export                 404    404    404    404    404
POST accounts_backgroundtask     saved                  403    302    302    302    302    - label=Mine&query=q%3Dx
GET  accounts_backgroundtask     add                    403    403    403    403    403
POST accounts_backgroundtask     add                    403    403    403    403    403
GET  accounts_backgroundtask     change,history         403    200    200    200    404    task
POST accounts_backgroundtask     change                 403    403    403    403    403    task
GET  accounts_outgoingmail       list                   403    200    200    200    200
GET  accounts_outgoingmail       export                 404    404    404    404    404
POST accounts_outgoingmail       saved                  403    302    302    302    302    - label=Mine&query=q%3Dx
GET  accounts_outgoingmail       add                    403    403    403    403    403
POST accounts_outgoingmail       add                    403    403    403    403    403
GET  accounts_outgoingmail       change,history         403    200    200    200    404    mail
POST accounts_outgoingmail       change                 403    403    403    403    403    mail
GET  accounts_messagehook        list                   403    403    200    200    200
GET  accounts_messagehook        export                 404    404    404    404    404
POST accounts_messagehook        saved                  403    403    302    302    302    - label=Mine&query=q%3Dx
GET  accounts_messagehook        add                    403    403    200    200    200
POST accounts_messagehook        add                    403    403    302    302    302    - name=Room&url=https%3A%2F%2F1.1.1.1%2Fx&occasions=ready&body=%7B%7D&is_active=on
GET  accounts_messagehook        change,history         403    403    200    200    404    hook
POST accounts_messagehook        change                 403    403    302    302    404    hook
GET  accounts_workspace          list                   403    403    302    302    302
GET  accounts_workspace          export                 404    404    404    404    404
POST accounts_workspace          saved                  403    403    302    302    302    - label=Mine&query=q%3Dx
GET  accounts_workspace          add                    403    403    403    403    403
POST accounts_workspace          add                    403    403    403    403    403
GET  accounts_workspace          change,history         403    403    200    200    404    workspace
POST accounts_workspace          change                 403    403    302    302    404    workspace legal_name=New+Ltd
GET  accounts_workspace          number                 403    403    200    200    200    - kind=quote&form=Q-{n}
GET  crm_client                  timeline               200    200    200    200    404    client
POST crm_client                  timeline               403    302    302    302    404    client do=done&follow_up={follow_up}
GET  crm_followup                list                   200    200    200    200    200
GET  crm_followup                export                 200    200    200    200    200
POST crm_followup                saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  crm_followup                add                    403    403    403    403    403
POST crm_followup                add                    403    403    403    403    403
GET  crm_followup                change,history         200    200    200    200    404    follow_up
POST crm_followup                change                 403    403    403    403    403    follow_up
GET  crm_client                  list,export            200    200    200    200    200
POST crm_client                  saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  crm_client                  add                    403    200    200    200    200
POST crm_client                  add                    403    302    302    302    302    - name=New&kind=business&discount_percent=0
GET  crm_client                  change,history         200    200    200    200    404    client
POST crm_client                  change                 403    302    302    302    404    client notes=New
GET  crm_client                  duplicates             403    200    200    200    200
POST crm_client                  apart                  403    302    302    302    404    - first={client}&second={twin}
GET  crm_client                  merge                  403    200    200    200    404    client,twin
POST crm_client                  merge                  403    302    302    302    404    client,twin
GET  crm_client                  import                 403    200    200    200    200
POST crm_client                  import                 403    200    200    200    200
GET  crm_exemptioncertificate    list,export            200    200    200    200    200
POST crm_exemptioncertificate    saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  crm_exemptioncertificate    add                    403    200    200    200    200
POST crm_exemptioncertificate    add                    403    302    302    302    200    - client={client}&number=N1&state=MA
GET  crm_exemptioncertificate    change,history         200    200    200    200    404    exemption
POST crm_exemptioncertificate    change                 403    302    302    302    404    exemption number=N2&state=MA
GET  crm_exemptioncertificate    paper                  200    200    200    200    404    exemption
GET  crm_tag                     list,export            200    200    200    200    200
POST crm_tag                     saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  crm_tag                     add                    403    200    200    200    200
POST crm_tag                     add                    403    302    302    302    302    - name=New&colour=blue
GET  crm_tag                     change,history         200    200    200    200    404    tag
POST crm_tag                     change                 403    302    302    302    404    tag name=Other
GET  crm_contact                 list,export            200    200    200    200    200
POST crm_contact                 saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  crm_contact                 add                    403    200    200    200    200
POST crm_contact                 add                    403    302    302    302    200    - client={client}&name=New
GET  crm_contact                 change,history         200    200    200    200    404    contact
POST crm_contact                 change                 403    302    302    302    404    contact role=Buyer
GET  crm_accesslink              list,export            200    200    200    200    200
POST crm_accesslink              saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  crm_accesslink              add                    403    403    403    403    403
POST crm_accesslink              add                    403    403    403    403    403
GET  crm_accesslink              change,history         200    200    200    200    404    access_link
POST crm_accesslink              change                 403    403    403    403    403    access_link
"""

# ruff: noqa: E501 (a table is wider than prose)
"""Who may open what: one line for each address and method, one column for each person, the exact answer in it.

`login` is a redirection to the log-in; 302 goes on to another page. After the answers stand the records the address is
about and the values that are posted, as `laseros.tests.permissions_ground` names them; {name} is that record's number.
All records belong to the business of operator, viewer, office, manager and admin, documents to `client`; `other_client`
is a contact of another client there, `elsewhere` the administrator of another business.

An address that is not here fails `test_permissions.py`.
"""

from typing import NamedTuple

PEOPLE = ("anonymous", "client", "other_client", "operator", "viewer", "office", "manager", "admin", "elsewhere")

ROOMS = """
#                                         anon.  client other  oper.  viewer office manag. admin  elsewh.
# Everybody
GET  home                                 login  302    302    302    302    302    302    302    302
GET  healthz                              200    200    200    200    200    200    200    200    200
GET  workspace_logo                       200    200    200    200    200    200    200    200    200  slug
GET  switch_workspace                     login  405    405    405    405    405    405    405    405
POST switch_workspace                     login  404    404    302    302    302    302    302    404  - workspace={workspace}
GET  first_workspace                      login  302    302    302    302    302    302    302    302
POST first_workspace                      login  302    302    302    302    302    302    302    302  - name=X&country=DE&language=de
GET  choose_language                      login  405    405    405    405    405    405    405    405
GET  calendar                             login  404    404    200    200    200    200    200    200
POST calendar                             login  404    404    302    302    302    302    302    302  - do=make
GET  calendar_feed                        404    404    404    404    404    404    404    404    404  nothing
GET  message_preferences                  login  404    404    200    200    200    200    200    200
POST message_preferences                  login  404    404    302    302    302    302    302    302  - digest_at=07:00&how_machine=now
POST choose_language                      login  302    302    302    302    302    302    302    302  - language=de
# Logging in; invited clients have no password yet
GET  account_login                        200    302    302    302    302    302    302    302    302
POST account_login                        200    302    302    302    302    302    302    302    302  - login=nobody@x.example&password=wrong
GET  account_logout                       login  200    200    200    200    200    200    200    200
POST account_logout                       login  login  login  login  login  login  login  login  login
GET  account_inactive                     200    200    200    200    200    200    200    200    200
GET  account_reauthenticate               login  403    403    200    200    200    200    200    200
POST account_reauthenticate               login  403    403    200    200    200    200    200    200  - password=wrong
GET  account_change_password              login  302    302    200    200    200    200    200    200
POST account_change_password              login  302    302    200    200    200    200    200    200  - oldpassword=wrong
GET  account_set_password                 login  200    200    302    302    302    302    302    302
POST account_set_password                 login  200    200    302    302    302    302    302    302  - password1=x
GET  account_reset_password               200    200    200    200    200    200    200    200    200
POST account_reset_password               200    200    200    200    200    200    200    200    200  - email=no-address
GET  account_reset_password_done          200    200    200    200    200    200    200    200    200
GET  account_reset_password_from_key      302    302    302    302    302    302    302    302    302  uid,key
GET  account_reset_password_from_key_done 200    200    200    200    200    200    200    200    200
# The action sheet, and what is scanned from it
GET  floor:action_sheet                   login  403    403    200    200    200    200    200    200
POST floor:scanned                        login  403    403    302    403    302    302    302    404  - q=LOTIME&job={job}
# One's own time
GET  floor:times                          login  403    403    200    403    200    200    200    200
POST floor:time_start                     login  403    403    302    403    302    302    302    404  - job={job}
POST floor:time_pause                     login  403    403    302    403    404    404    404    404  clock
POST floor:time_resume                    login  403    403    409    403    404    404    404    404  clock
POST floor:time_stop                      login  403    403    302    403    404    404    404    404  clock
GET  floor:time_correct                   login  403    403    200    403    404    404    404    404  clock
POST floor:time_correct                   login  403    403    422    403    404    404    404    404  clock
# One's own PIN: with the password once more
GET  own_pin                              login  403    403    302    302    302    302    302    302
POST own_pin                              login  403    403    302    302    302    302    302    302  - pin=4711&again=4711
# A shop tablet: nothing for a device that is none, but the address a manager made
GET  floor:tablet                         404    404    404    404    404    404    404    404    404
GET  floor:tablet_pin                     404    404    404    404    404    404    404    404    404
POST floor:tablet_pin                     404    404    404    404    404    404    404    404    404  - who=1&pin=4711
POST floor:tablet_badge                   404    404    404    404    404    404    404    404    404  - code=1
POST floor:hand_over                      404    404    404    404    404    404    404    404    404
POST floor:tablet_here                    404    404    404    404    404    404    404    404    404
GET  floor:tablet_register                200    200    200    200    200    200    200    200    200  tablet_key
GET  floor:tablet_register                404    404    404    404    404    404    404    404    404  nothing
POST floor:tablet_register                404    404    404    404    404    404    404    404    404  nothing
# The shop floor: to look at for members, to work at for those who may run operations
GET  floor:queue                          login  403    403    200    200    200    200    200    200
GET  floor:machines                       login  403    403    200    200    200    200    200    200
POST floor:machines                       login  403    403    302    302    302    302    302    404  - machine={machine}
GET  floor:run_card                       login  403    403    200    200    200    200    200    404  busy
GET  floor:queue_list                     login  403    403    200    200    200    200    200    404  machine
GET  floor:machine                        login  403    403    302    302    302    302    302    404  machine
GET  floor:scan                           login  403    403    200    200    200    200    200    200
GET  floor:scan_me                        login  403    403    200    200    200    200    200    200
GET  floor:scan_known                     login  403    403    200    200    200    200    200    200
GET  floor:scan_look                      login  403    403    200    200    200    200    200    200  - code=INV-MS-3MM-001
GET  floor:scan_events                    login  403    403    405    403    405    405    405    405
POST floor:scan_events                    login  403    403    400    403    400    400    400    400
GET  floor:scan_worker                    200    200    200    200    200    200    200    200    200
GET  floor:scan_manifest                  200    200    200    200    200    200    200    200    200
GET  floor:count_lines                    login  403    403    200    200    200    200    200    404  stock_count
GET  floor:counts                         login  403    403    200    200    200    200    200    200
GET  floor:unsettled                      login  403    403    200    403    200    200    200    200
GET  floor:decide                         login  403    403    405    403    405    405    405    405  conflict
POST floor:decide                         login  403    403    302    403    302    302    302    404  conflict what=settle
GET  floor:label                          login  403    403    200    200    200    200    200    404  label_kind,scanned_lot
GET  code                                 302    302    302    302    302    302    302    302    302  slug,letter,a_code
GET  floor:find                           login  403    403    302    302    302    302    302    302  - q={operation}
GET  floor:operation                      login  403    403    200    200    200    200    200    404  operation
GET  floor:traveller                      login  403    403    200    200    200    200    200    404  job
GET  floor:job                            login  403    403    200    200    200    200    200    404  job
GET  floor:reach                          login  403    403    405    403    405    405    405    405  milestone
POST floor:reach                          login  403    403    302    403    302    302    302    404  milestone
GET  floor:undo_milestone                 login  403    403    405    403    405    405    405    405  quick,never_undone
POST floor:undo_milestone                 login  403    403    302    403    302    302    302    404  quick,never_undone
GET  floor:skip_milestone                 login  403    403    403    403    405    405    405    405  milestone
POST floor:skip_milestone                 login  403    403    403    403    302    302    302    404  milestone
GET  floor:photograph                     login  403    403    405    403    405    405    405    405  reached
POST floor:photograph                     login  403    403    409    403    409    409    409    404  reached
GET  floor:photo                          login  403    403    200    200    200    200    200    404  photo
GET  floor:drawing                        login  403    403    200    200    200    200    200    404  operation
GET  floor:sheet_pdf                      login  403    403    200    200    200    200    200    404  sheet_operation
GET  floor:order                          login  403    403    405    403    405    405    405    405  machine
POST floor:order                          login  403    403    302    403    302    302    302    404  machine item={second}&before={operation}
GET  floor:shift                          login  403    403    405    403    405    405    405    405  operation
POST floor:shift                          login  403    403    302    403    302    302    302    404  operation move=down
GET  floor:move                           login  403    403    405    403    405    405    405    405  operation
POST floor:move                           login  403    403    302    403    302    302    302    404  operation machine={busy}
GET  floor:start                          login  403    403    405    403    405    405    405    405  operation
POST floor:start                          login  403    403    302    403    302    302    302    404  operation machine={machine}
GET  floor:pause                          login  403    403    405    403    405    405    405    405  running
POST floor:pause                          login  403    403    302    403    302    302    302    404  running
GET  floor:resume                         login  403    403    405    403    405    405    405    405  paused
POST floor:resume                         login  403    403    302    403    302    302    302    404  paused
GET  floor:finish                         login  403    403    200    403    200    200    200    404  running
POST floor:finish                         login  403    403    302    403    302    302    302    404  running good=10&scrap=0
GET  floor:abort                          login  403    403    200    403    200    200    200    404  running
POST floor:abort                          login  403    403    302    403    302    302    302    404  running good=0&scrap=0
GET  floor:undo                           login  403    403    405    403    405    405    405    405  over,never
POST floor:undo                           login  403    403    302    403    302    302    302    404  over,never
GET  floor:all_good                       login  403    403    405    403    405    405    405    405  running
POST floor:all_good                       login  403    403    302    403    302    302    302    404  running
GET  floor:plate                          login  403    403    405    403    405    405    405    405  plate
POST floor:plate                          login  403    403    302    403    302    302    302    404  plate good=1
GET  floor:maintenance                    login  403    403    200    200    200    200    200    404  machine
POST floor:maintenance                    login  403    403    302    403    302    302    302    404  machine deed=done&what=Belt
GET  floor:spools                         login  403    403    200    200    200    200    200    404  machine
POST floor:spools                         login  403    403    302    403    302    302    302    404  machine slot=1&code=FIL-001
GET  floor:send                           login  403    403    405    403    405    405    405    405  operation
POST floor:send                           login  403    403    302    403    302    302    302    404  printable machine={printer}
GET  floor:send_next                      login  403    403    405    403    405    405    405    405  running
POST floor:send_next                      login  403    403    302    403    302    302    302    404  plated
GET  floor:whose                          login  403    403    200    200    200    200    200    200
GET  floor:claim                          login  403    403    405    403    405    405    405    405  machine_job
POST floor:claim                          login  403    403    302    403    302    302    302    404  machine_job
# Deliveries on the floor: to look at for whoever sees deliveries, to pack and check, to ship
GET  deliveries:board                     login  403    403    200    200    200    200    200    200
GET  deliveries:make                      login  403    403    405    403    405    405    405    405  undelivered
POST deliveries:make                      login  403    403    302    403    302    302    302    404  undelivered
GET  deliveries:page                      login  403    403    200    200    200    200    200    404  packed_delivery
GET  deliveries:tick                      login  403    403    405    403    405    405    405    405  packed_delivery,packed_line
POST deliveries:tick                      login  403    403    302    403    302    302    302    404  packed_delivery,packed_line
GET  deliveries:scan                      login  403    403    405    403    405    405    405    405  packed_delivery
POST deliveries:scan                      login  403    403    302    403    302    302    302    404  packed_delivery code=1
GET  deliveries:parcels                   login  403    403    405    403    405    405    405    405  packed_delivery
POST deliveries:parcels                   login  403    403    302    403    302    302    302    404  packed_delivery add=1
GET  deliveries:pack                      login  403    403    405    403    405    405    405    405  draft_delivery
POST deliveries:pack                      login  403    403    302    403    302    302    302    404  draft_delivery
GET  deliveries:unpack                    login  403    403    405    403    405    405    405    405  packed_delivery
POST deliveries:unpack                    login  403    403    302    403    302    302    302    404  packed_delivery
GET  deliveries:check                     login  403    403    405    403    405    405    405    405  packed_delivery
POST deliveries:check                     login  403    403    302    403    302    302    302    404  packed_delivery
GET  deliveries:ship                      login  403    403    403    403    405    405    405    405  packed_delivery
POST deliveries:ship                      login  403    403    403    403    302    302    302    404  packed_delivery
GET  deliveries:note                      login  403    403    200    200    200    200    200    404  shipped_delivery
GET  deliveries:labels                    login  403    403    200    200    200    200    200    404  packed_delivery,a6
# The wall board
GET  board:board                          login  403    403    200    200    200    200    200    200
GET  board:needs                          login  403    403    200    200    200    200    200    200
GET  board:card                           login  403    403    200    200    200    200    200    404  machine
# The portal: for contacts of the client; staff are nobody's contact
GET  portal:home                          login  200    200    403    403    403    403    403    403
GET  portal:switch                        405    405    405    405    405    405    405    405    405
POST portal:switch                        login  302    404    403    403    403    403    403    403  - client={client}
GET  portal:quotes                        login  200    200    403    403    403    403    403    403
GET  portal:quote                         login  200    404    403    403    403    403    403    403  sent
GET  portal:quote_accept                  login  302    404    403    403    403    403    403    403  sent
POST portal:quote_accept                  login  302    404    403    403    403    403    403    403  sent name=Thandi&agree=on
GET  portal:quote_decline                 login  302    404    403    403    403    403    403    403  sent
POST portal:quote_decline                 login  302    404    403    403    403    403    403    403  sent name=Thandi&reason=Too+late
GET  portal:quote_pdf                     login  200    404    403    403    403    403    403    403  sent
GET  portal:quote_drawing                 login  200    404    403    403    403    403    403    403  sent,sent_line
GET  portal:jobs                          login  200    200    403    403    403    403    403    403
GET  portal:job                           login  200    404    403    403    403    403    403    403  job
GET  portal:job_progress                  login  200    404    403    403    403    403    403    403  job
GET  portal:job_pdf                       login  200    404    403    403    403    403    403    403  job
GET  portal:proof_approve                 login  302    404    403    403    403    403    403    403  job,proof
POST portal:proof_approve                 login  302    404    403    403    403    403    403    403  job,proof name=Thandi
GET  portal:proof_change                  login  302    404    403    403    403    403    403    403  job,proof
POST portal:proof_change                  login  302    404    403    403    403    403    403    403  job,proof name=Thandi&reason=Longer
GET  portal:proof_picture                 login  200    404    403    403    403    403    403    403  job,proof
GET  portal:proof_file                    login  200    404    403    403    403    403    403    403  job,proof
GET  portal:preferences                   login  200    200    403    403    403    403    403    403
POST portal:preferences                   login  302    302    403    403    403    403    403    403  - digest_at=07:00&how_ready=daily
GET  portal:job_messages                  login  200    404    403    403    403    403    403    403  job
POST portal:job_messages                  login  302    404    403    403    403    403    403    403  job text=Hello&once=k
GET  portal:job_file                      login  200    404    403    403    403    403    403    403  job,said_file
GET  portal:job_photo                     login  200    404    403    403    403    403    403    403  job,photo
GET  portal:job_drawing                   login  200    404    403    403    403    403    403    403  job,line
GET  portal:upload                        login  200    200    403    403    403    403    403    403
POST portal:upload                        login  422    422    403    403    403    403    403    403
GET  portal:upload_part                   login  302    404    403    403    403    403    403    403  basket_line
POST portal:upload_part                   login  302    404    403    403    403    403    403    403  basket_line quantity=12
GET  portal:upload_unit                   405    405    405    405    405    405    405    405    405  basket_line
POST portal:upload_unit                   login  302    404    403    403    403    403    403    403  basket_line unit=in
GET  portal:upload_remove                 405    405    405    405    405    405    405    405    405  basket_line
POST portal:upload_remove                 login  302    404    403    403    403    403    403    403  basket_line
GET  portal:upload_drawing                login  200    404    403    403    403    403    403    403  basket_line
GET  portal:upload_ask                    405    405    405    405    405    405    405    405    405  basket
POST portal:upload_ask                    login  302    404    403    403    403    403    403    403  basket title=Plates
GET  portal:upload_order                  405    405    405    405    405    405    405    405    405  basket
POST portal:upload_order                  login  302    404    403    403    403    403    403    403  basket name=Thandi&agree=on&seen=x
GET  portal:ordered                       login  200    200    403    403    403    403    403    403
GET  portal:again                         405    405    405    405    405    405    405    405    405  line
POST portal:again                         login  302    404    403    403    403    403    403    403  line
GET  portal:job_again                     405    405    405    405    405    405    405    405    405  job
POST portal:job_again                     login  302    404    403    403    403    403    403    403  job
GET  portal:people                        login  200    404    403    403    403    403    403    403
GET  portal:people_invite                 405    405    405    405    405    405    405    405    405
POST portal:people_invite                 login  302    404    403    403    403    403    403    403  - name=Ann&email=ann%40umgeni.example
GET  portal:people_allow                  405    405    405    405    405    405    405    405    405  newcomer
POST portal:people_allow                  login  302    404    403    403    403    403    403    403  newcomer sees_money=on
GET  portal:people_shut_out               405    405    405    405    405    405    405    405    405  newcomer
POST portal:people_shut_out               login  302    404    403    403    403    403    403    403  newcomer
GET  portal:enquiries                     login  200    200    403    403    403    403    403    403
GET  portal:enquiry                       login  200    404    403    403    403    403    403    403  asked
GET  portal:enquiry_drawing               login  200    404    403    403    403    403    403    403  asked,asked_line
GET  portal:job_drawing_file              login  200    404    403    403    403    403    403    403  job,line
GET  portal:material                      login  200    200    403    403    403    403    403    403
GET  portal:deliveries                    login  200    200    403    403    403    403    403    403
GET  portal:delivery                      login  200    404    403    403    403    403    403    403  shipped_delivery
GET  portal:delivery_pdf                  login  200    404    403    403    403    403    403    403  shipped_delivery
GET  portal:delivery_certificate          login  200    404    403    403    403    403    403    403  shipped_delivery,certified_lot
GET  portal:invoices                      login  200    200    403    403    403    403    403    403
GET  portal:invoice                       login  200    404    403    403    403    403    403    403  invoice
GET  portal:invoice_pdf                   login  200    404    403    403    403    403    403    403  invoice
GET  portal:account                       login  200    200    403    403    403    403    403    403
GET  portal:account_pdf                   login  200    200    403    403    403    403    403    403
GET  portal:statement                     login  200    404    403    403    403    403    403    403  account_statement
GET  portal:statement_pdf                 login  200    404    403    403    403    403    403    403  account_statement
# A link opens one document for whoever has it, and no other
GET  portal:link_statement_pdf            200    200    200    200    200    200    200    200    200  link_statement,account_statement
GET  portal:link_statement_pdf            404    404    404    404    404    404    404    404    404  link_quote,account_statement
GET  portal:link                          200    200    200    200    200    200    200    200    200  link_quote
GET  portal:link_quote_accept             302    302    302    302    302    302    302    302    302  link_quote,sent
POST portal:link_quote_accept             302    302    302    302    302    302    302    302    302  link_quote,sent name=Thandi&agree=on
GET  portal:link_quote_decline            302    302    302    302    302    302    302    302    302  link_quote,sent
POST portal:link_quote_decline            302    302    302    302    302    302    302    302    302  link_quote,sent name=Thandi&reason=Too+late
GET  portal:link_quote_pdf                200    200    200    200    200    200    200    200    200  link_quote,sent
GET  portal:link_quote_drawing            200    200    200    200    200    200    200    200    200  link_quote,sent,sent_line
GET  portal:link_job_progress             200    200    200    200    200    200    200    200    200  link_job,job
GET  portal:link_job_pdf                  200    200    200    200    200    200    200    200    200  link_job,job
GET  portal:link_proof_approve            302    302    302    302    302    302    302    302    302  link_job,job,proof
POST portal:link_proof_approve            302    302    302    302    302    302    302    302    302  link_job,job,proof name=Thandi
GET  portal:link_proof_change             302    302    302    302    302    302    302    302    302  link_job,job,proof
POST portal:link_proof_change             302    302    302    302    302    302    302    302    302  link_job,job,proof name=Thandi&reason=Longer
GET  portal:link_proof_picture            200    200    200    200    200    200    200    200    200  link_job,job,proof
GET  portal:link_proof_file               200    200    200    200    200    200    200    200    200  link_job,job,proof
GET  portal:link_job_messages             200    200    200    200    200    200    200    200    200  link_job,job
POST portal:link_job_messages             302    302    302    302    302    302    302    302    302  link_job,job text=Hello&once=k
GET  portal:link_job_file                 200    200    200    200    200    200    200    200    200  link_job,job,said_file
GET  portal:link_job_photo                200    200    200    200    200    200    200    200    200  link_job,job,photo
GET  portal:link_job_drawing              200    200    200    200    200    200    200    200    200  link_job,job,line
GET  portal:link_delivery_pdf             200    200    200    200    200    200    200    200    200  link_delivery,shipped_delivery
GET  portal:link_delivery_certificate     200    200    200    200    200    200    200    200    200  link_delivery,shipped_delivery,certified_lot
GET  portal:link_job_drawing_file         200    200    200    200    200    200    200    200    200  link_job,job,line
GET  portal:link_invoice_pdf              200    200    200    200    200    200    200    200    200  link_invoice,invoice
POST portal:link_quote_accept             404    404    404    404    404    404    404    404    404  link_invoice,sent name=Thandi&agree=on
GET  portal:link_quote_pdf                404    404    404    404    404    404    404    404    404  link_invoice,sent
GET  portal:link_invoice_pdf              404    404    404    404    404    404    404    404    404  link_quote,invoice
GET  portal:link                          404    404    404    404    404    404    404    404    404  link_forged
# The back office beside its models
GET  admin:index                          login  login  login  login  200    200    200    200    200
GET  admin:login                          login  403    403    403    403    403    403    403    403
GET  admin:logout                         302    302    302    302    302    302    302    302    302
GET  admin:password_change                login  login  login  login  302    302    302    302    302
GET  admin:password_change_done           login  login  login  login  200    200    200    200    200
GET  admin:search                         login  login  login  login  200    200    200    200    200  - s=Umgeni
GET  admin:wordings                       login  login  login  login  403    403    200    200    200
POST admin:wordings                       login  login  login  login  403    403    302    302    302  - occasion=ready&silent=yes
GET  admin:wording                        login  login  login  login  403    403    200    200    200  occasion,language
POST admin:wording                        login  login  login  login  403    403    302    302    302  occasion,language subject=Hello&body=Hello
GET  admin:production_job_messages        login  login  login  login  200    200    200    200    404  job
POST admin:production_job_messages        login  login  login  login  403    302    302    302    404  job text=Hello&once=k
GET  admin:production_job_message_file    login  login  login  login  200    200    200    200    404  job,said_file
GET  admin:labels                         login  login  login  login  200    200    200    200    404  - kind=lot&pk={scanned_lot}
POST admin:labels                         login  login  login  login  200    200    200    200    404  - kind=lot&pk={scanned_lot}&size=62x29&copies=1
GET  admin:machines_now                   login  login  login  login  200    200    200    200    200
GET  admin:autocomplete                   login  login  login  login  200    200    200    200    200  - app_label=crm&model_name=contact&field_name=client&term=Umgeni
GET  admin:jsi18n                         login  login  login  login  200    200    200    200    200
GET  admin:view_on_site                   login  login  login  login  404    404    404    404    404  client_type,client
GET  admin:app_list                       login  login  login  login  200    200    200    200    200  crm_label
GET  admin/(?P<url>.*)$                   login  login  login  login  404    404    404    404    404  nowhere
"""

# The back office, model by model. Whoever is not let in (anonymous, clients, operator) is sent to the log-in from every
# address of it, so their columns are left out. "*" is every model.
BACK_OFFICE = """
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
POST crm_followup                change                 403    302    302    302    404    follow_up
GET  crm_client                  list,export            200    200    200    200    200
POST crm_client                  saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  crm_client                  add                    403    200    200    200    200
POST crm_client                  add                    403    302    302    302    302    - name=New&kind=business&discount_percent=0
GET  crm_client                  change,history         200    200    200    200    404    client
POST crm_client                  change                 403    302    302    302    404    client notes=New
GET  crm_contact                 list,export            200    200    200    200    200
POST crm_contact                 saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  crm_contact                 add                    403    200    200    200    200
POST crm_contact                 add                    403    302    302    302    200    - client={client}&name=New
GET  crm_contact                 change,history         200    200    200    200    404    contact
POST crm_contact                 change                 403    302    302    302    404    contact role=Buyer
GET  inventory_item              list,export            200    200    200    200    200
POST inventory_item              saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  inventory_item              add                    403    200    200    200    200
POST inventory_item              add                    403    302    302    302    302    - name=New&category=other&unit=pcs&minimum=0&price=0
GET  inventory_item              change,history         200    200    200    200    404    item
POST inventory_item              change                 403    302    302    302    404    item name=New
GET  inventory_need              list,export            200    200    200    200    200
POST inventory_need              saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  inventory_need              add                    403    403    403    403    403
POST inventory_need              add                    403    403    403    403    403
GET  inventory_need              change,history         200    200    200    200    404    need
POST inventory_need              change                 403    403    403    403    403    need
GET  inventory_need              do                     405    405    405    405    405
POST inventory_need              do                     403    302    302    302    302    - what=order
POST inventory_need              do                     403    302    302    302    302    - what=recalculate
POST inventory_need              do                     403    302    302    302    302    - what=rules&safety_days=5&cover_days=40
POST inventory_need              do                     403    302    302    302    302    - what=seller&supplier={supplier}
POST inventory_need              do                     302    302    302    302    302    - what=mail&wanted=yes
GET  inventory_item              value                  403    200    200    200    200
GET  inventory_item              value_export           403    200    200    200    200    csv
GET  inventory_item              report                 403    200    200    200    200
GET  inventory_item              report_export          403    200    200    200    200    csv
GET  inventory_item              picture                200    200    200    200    404    pictured
GET  inventory_location          list,export            200    200    200    200    200
POST inventory_location          saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  inventory_location          add                    403    200    200    200    200
POST inventory_location          add                    403    302    302    302    302    - code=R8&name=Rack
GET  inventory_location          change,history         200    200    200    200    404    rack
POST inventory_location          change                 403    302    302    302    404    rack name=New
GET  inventory_supplier          list,export            200    200    200    200    200
POST inventory_supplier          saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  inventory_supplier          add                    403    200    200    200    200
POST inventory_supplier          add                    403    302    302    302    302    - name=New
GET  inventory_supplier          change,history         200    200    200    200    404    supplier
POST inventory_supplier          change                 403    302    302    302    404    supplier name=New
GET  inventory_supplieritem      list,export            200    200    200    200    200
POST inventory_supplieritem      saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  inventory_supplieritem      add                    403    200    200    200    200
POST inventory_supplieritem      add                    403    302    302    302    200    - supplier={supplier}&item={spare}&pack_size=1&price=5&minimum_packs=1
GET  inventory_supplieritem      change,history         200    200    200    200    404    supplier_item
POST inventory_supplieritem      change                 403    302    302    302    404    supplier_item sku=New
GET  inventory_purchaseorder     list,export            200    200    200    200    200
POST inventory_purchaseorder     saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  inventory_purchaseorder     add                    403    200    200    200    200
POST inventory_purchaseorder     add                    403    302    302    302    200    - supplier={supplier}
GET  inventory_purchaseorder     change,history         200    200    200    200    404    draft_purchase
POST inventory_purchaseorder     change                 403    302    302    302    404    draft_purchase reference=New
GET  inventory_purchaseorder     pdf                    403    200    200    200    404    draft_purchase
GET  inventory_purchaseorder     receive                403    200    200    200    404    sent_purchase
GET  inventory_receipt           list,export            200    200    200    200    200
POST inventory_receipt           saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  inventory_receipt           add                    403    403    403    403    403
POST inventory_receipt           add                    403    403    403    403    403
GET  inventory_receipt           change,history         200    200    200    200    404    receipt
POST inventory_receipt           change                 403    403    403    403    403    receipt
GET  inventory_receipt           certificate            200    200    200    200    404    receipt_row
GET  inventory_item              import                 403    200    200    200    200    items
POST inventory_item              import                 403    200    200    200    200    spoolman
GET  inventory_item              import                 403    200    200    200    200    suppliers
GET  inventory_material          list,export            200    200    200    200    200
POST inventory_material          saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  inventory_material          add                    403    200    200    200    200
POST inventory_material          add                    403    302    302    302    302    - code=AL&name=Alu&kind=sheet&density_kg_m3=2700
GET  inventory_material          change,history         200    200    200    200    404    material
POST inventory_material          change                 403    302    302    302    404    material name=New
GET  inventory_move              list,export            200    200    200    200    200
POST inventory_move              saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  inventory_move              add                    403    403    403    403    403
POST inventory_move              add                    403    403    403    403    403
GET  inventory_move              change,history         200    200    200    200    404    move
POST inventory_move              change                 403    403    403    403    403    move
GET  inventory_reservation       list,export            200    200    200    200    200
POST inventory_reservation       saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  inventory_reservation       add                    403    403    403    403    403
POST inventory_reservation       add                    403    403    403    403    403
GET  inventory_reservation       change,history         200    200    200    200    404    reservation
POST inventory_reservation       change                 403    403    403    403    403    reservation
GET  inventory_scanevent         list,export            200    200    200    200    200
POST inventory_scanevent         saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  inventory_scanevent         add                    403    403    403    403    403
POST inventory_scanevent         add                    403    403    403    403    403
GET  inventory_scanevent         change,history         200    200    200    200    404    conflict
POST inventory_scanevent         change                 403    403    403    403    403    conflict
GET  inventory_stockcount        list,export            200    200    200    200    200
POST inventory_stockcount        saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  inventory_stockcount        add                    403    200    200    200    200
POST inventory_stockcount        add                    403    302    302    302    302    - note=New
GET  inventory_stockcount        change,history         200    200    200    200    404    stock_count
POST inventory_stockcount        change                 403    302    302    302    404    stock_count note=New
GET  inventory_stockcount        paper,result           200    200    200    200    404    stock_count
GET  inventory_lot               list,export            200    200    200    200    200
POST inventory_lot               saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  inventory_lot               add                    403    403    403    403    403
POST inventory_lot               add                    403    403    403    403    403
GET  inventory_lot               change,history         200    200    200    200    404    remnant
POST inventory_lot               change                 403    302    302    302    404    remnant place=Rack
GET  inventory_lot               trace                  200    200    200    200    404    - of=lot:{spool}
GET  inventory_lot               certificate            200    200    200    200    404    spool
GET  machines_machine            list,export            200    200    200    200    200
POST machines_machine            saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  machines_machine            add                    403    403    200    200    200
POST machines_machine            add                    403    403    302    302    302    - name=New&kind=laser&driver=manual
GET  machines_machine            change,history         200    200    200    200    404    machine
POST machines_machine            change                 403    403    302    302    404    machine model=New
GET  machines_machine            doctor                 403    403    200    200    404    spinning
POST machines_machine            doctor                 403    403    302    302    404    spinning
GET  machines_machine            reports                403    403    200    200    404    reporting
POST machines_machine            reports                403    403    302    302    404    reporting
GET  machines_machine            reports                404    404    404    404    404    spinning
GET  machines_machine            pair                   403    403    200    200    404    printer
GET  machines_machine            pair                   404    404    404    404    404    spinning
GET  machines_tablet             list,export            200    200    200    200    200
POST machines_tablet             saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  machines_tablet             add                    403    403    200    200    200
POST machines_tablet             add                    403    403    302    302    200    - name=New&idle_minutes=5
GET  machines_tablet             change,history         200    200    200    200    404    tablet
POST machines_tablet             change                 403    403    302    302    404    tablet place=Yard
GET  machines_tablet             address                403    403    200    200    404    tablet
GET  machines_statechange        list,export            200    200    200    200    200
POST machines_statechange        saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  machines_statechange        add                    403    403    403    403    403
POST machines_statechange        add                    403    403    403    403    403
GET  machines_statechange        change,history         200    200    200    200    404    state_change
POST machines_statechange        change                 403    403    403    403    403    state_change
GET  machines_machinejob         list,export            200    200    200    200    200
POST machines_machinejob         saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  machines_machinejob         add                    403    403    403    403    403
POST machines_machinejob         add                    403    403    403    403    403
GET  machines_machinejob         change,history         200    200    200    200    404    machine_job
POST machines_machinejob         change                 403    403    403    403    403    machine_job
GET  machines_maintenanceplan    list,export            200    200    200    200    200
POST machines_maintenanceplan    saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  machines_maintenanceplan    add                    403    403    200    200    200
POST machines_maintenanceplan    add                    403    403    302    302    200    - machine={spare_machine}&name=X&days=5
GET  machines_maintenanceplan    change,history         200    200    200    200    404    plan
POST machines_maintenanceplan    change                 403    403    302    302    404    plan machine={spare_machine}&name=New&days=5
GET  machines_maintenancedone    list,export            200    200    200    200    200
POST machines_maintenancedone    saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  machines_maintenancedone    add                    403    403    403    403    403
POST machines_maintenancedone    add                    403    403    403    403    403
GET  machines_maintenancedone    change,history         200    200    200    200    404    maintained
POST machines_maintenancedone    change                 403    403    403    403    403    maintained
GET  machines_printfile          list,export            200    200    200    200    200
POST machines_printfile          saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  machines_printfile          add                    403    403    200    200    200
POST machines_printfile          add                    403    403    200    200    200
GET  machines_printfile          change,history         200    200    200    200    404    print_file
GET  machines_printfile          picture,download       200    200    200    200    404    print_file
POST machines_printfile          change                 403    403    403    403    403    print_file
GET  machines_command            list,export            200    200    200    200    200
POST machines_command            saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  machines_command            add                    403    403    403    403    403
POST machines_command            add                    403    403    403    403    403
GET  machines_command            change,history         200    200    200    200    404    command
POST machines_command            change                 403    403    403    403    403    command
GET  production_enquiry          list,export            200    200    200    200    200
POST production_enquiry          saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  production_enquiry          add                    403    200    200    200    200
POST production_enquiry          add                    403    302    302    302    200    - client={client}&title=New
GET  production_enquiry          change,history         200    200    200    200    404    enquiry
POST production_enquiry          change                 403    302    302    302    404    enquiry title=New
GET  production_enquiry          drawings               200    200    200    200    404    enquiry
GET  production_enquiry          parts                  405    405    405    405    405    enquiry
POST production_enquiry          parts                  403    302    302    302    404    enquiry deed=choose&quantity=2
GET  production_enquiry          unit                   405    405    405    405    405    enquiry,design_file
POST production_enquiry          unit                   403    302    302    302    404    enquiry,design_file unit=mm
GET  production_enquiry          upload                 405    405    405    405    405    enquiry
POST production_enquiry          upload                 403    302    302    302    404    enquiry
GET  production_designfile       list,export            200    200    200    200    200
POST production_designfile       saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  production_designfile       add                    403    403    403    403    403
POST production_designfile       add                    403    403    403    403    403
GET  production_designfile       change,history         200    200    200    200    404    design_file
POST production_designfile       change                 403    403    403    403    403    design_file
GET  production_designfile       picture,download       200    200    200    200    404    design_file
GET  production_designfile       mended                 302    302    302    302    404    design_file
GET  production_designfile       sliced_picture         404    404    404    404    404    design_file
GET  production_designfile       parts                  404    404    404    404    404    design_file
GET  production_designfile       part                   404    404    404    404    404    design_file,1
GET  production_labourtime       list,export            200    200    200    200    200
POST production_labourtime       saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  production_labourtime       add                    403    403    403    403    403
POST production_labourtime       add                    403    403    403    403    403
GET  production_labourtime       change,history         200    200    200    200    404    clock
POST production_labourtime       change                 403    403    403    403    403    clock
GET  production_labourtime       week,week_export       200    200    200    200    200
GET  production_layerrule        list,export            200    200    200    200    200
POST production_layerrule        saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  production_layerrule        add                    403    200    200    200    200
POST production_layerrule        add                    403    302    302    302    200    - client={client}&layer=GRAVUR&role=engrave
GET  production_layerrule        change,history         200    200    200    200    404    layer_rule
POST production_layerrule        change                 403    302    302    302    404    layer_rule layer=X7&role=bend
GET  production_milestonetemplate list,export           200    200    200    200    200
POST production_milestonetemplate saved                 302    302    302    302    302    - label=Mine&query=q%3Dx
GET  production_milestonetemplate add                   403    200    200    200    200
POST production_milestonetemplate add                   403    302    302    302    302    - name=New
GET  production_milestonetemplate change,history        200    200    200    200    404    milestone_template
POST production_milestonetemplate change                403    302    302    302    404    milestone_template name=New
GET  production_job              work_order             200    200    200    200    404    job
GET  production_job              board,calendar         200    200    200    200    200
POST production_job              board                  403    302    302    302    302    - milestone={milestone}
GET  production_job              photo                  200    200    200    200    404    job,photo
GET  production_job              milestones             403    200    200    200    404    job
POST production_job              milestones             403    302    302    302    404    job milestones-0-note=X
GET  production_job              milestone              403    403    403    403    404    job,milestone,reach_deed
POST production_job              milestone              403    302    302    302    404    job,milestone,reach_deed
POST production_job              milestone              403    302    302    302    404    job,reached,undo_deed times={never_undone}&why=mistaken
GET  production_job              list,export            200    200    200    200    200
POST production_job              saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  production_job              add                    403    403    403    403    403
POST production_job              add                    403    403    403    403    403
GET  production_job              change,history         200    200    200    200    404    job
POST production_job              change                 403    302    302    302    404    job title=New
GET  production_job              material               200    200    200    200    404    client
POST production_job              material               403    302    302    302    404    client item={item}&kind=sheet&quantity=2&once=x
GET  production_operation        list,export            200    200    200    200    200
POST production_operation        saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  production_operation        add                    403    403    403    403    403
POST production_operation        add                    403    403    403    403    403
GET  production_operation        change,history         200    200    200    200    404    operation
POST production_operation        change                 403    403    403    403    403    operation
GET  crm_accesslink              list,export            200    200    200    200    200
POST crm_accesslink              saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  crm_accesslink              add                    403    403    403    403    403
POST crm_accesslink              add                    403    403    403    403    403
GET  crm_accesslink              change,history         200    200    200    200    404    access_link
POST crm_accesslink              change                 403    403    403    403    403    access_link
GET  production_proof            list,export            200    200    200    200    200
POST production_proof            saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  production_proof            add                    403    403    403    403    403
POST production_proof            add                    403    403    403    403    403
GET  production_proof            change,history         200    200    200    200    404    proof
POST production_proof            change                 403    403    403    403    403    proof
GET  production_run              list,export            200    200    200    200    200
POST production_run              saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  production_run              add                    403    403    403    403    403
POST production_run              add                    403    403    403    403    403
GET  production_run              change,history         200    200    200    200    404    running
POST production_run              change                 403    403    403    403    403    running
GET  production_cuttingparameter list,export            200    200    200    200    200
POST production_cuttingparameter saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  production_cuttingparameter add                    403    200    200    200    200
POST production_cuttingparameter add                    403    302    302    302    200    - machine={machine}&material={material}&thickness_mm=8&gas=N2&feed_mm_min=900&pierce_s=1&gas_pressure_bar=1&nozzle_mm=1&kerf_mm=0.2
GET  production_cuttingparameter change,history         200    200    200    200    404    parameters
POST production_cuttingparameter change                 403    302    302    302    404    parameters feed_mm_min=3800
GET  production_cuttingparameter table                  200    200    200    200    200
GET  production_cuttingparameter import                 403    200    200    200    200
POST production_cuttingparameter import                 403    409    409    409    409    - text=x
GET  production_cuttingparameter start                  403    403    403    403    403
POST production_cuttingparameter start                  403    302    302    302    302    - laser={machine}
GET  production_cuttingparameter learn                  200    200    200    200    200
GET  production_cuttingparameter runs                   200    200    200    200    404    parameters
POST production_cuttingparameter runs                   403    403    302    302    404    parameters feed=1&pierce=1&version=1
GET  production_product          list,export            200    200    200    200    200
POST production_product          saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  production_product          add                    403    200    200    200    200
POST production_product          add                    403    302    302    302    200    - name=New&material={material}
GET  production_product          change,history         200    200    200    200    404    product
POST production_product          change                 403    302    302    302    404    product name=New
GET  production_product          photo                  404    404    404    404    404    product,1
GET  production_nest             list,export            200    200    200    200    200
POST production_nest             saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  production_nest             plan                   403    200    200    200    200
POST production_nest             plan                   403    302    302    302    302    - operation={second}
GET  production_nest             add                    403    200    200    200    200
POST production_nest             add                    403    302    302    302    200    - item={item}&machine={machine}&gap_mm=5&margin_mm=10&turning=grain&seconds=10
GET  production_nest             change,history         200    200    200    200    404    nest
POST production_nest             change                 403    302    302    302    404    nest gap_mm=7
GET  production_nest             sheets                 200    200    200    200    404    nest
GET  production_nest             picture,arrange,dxf    200    200    200    200    404    nest,one
POST production_nest             arrange                403    302    302    302    404    nest,one index=0&version=0&x_mm=1500
GET  production_nest             lock                   405    405    405    405    405    nest,one
POST production_nest             lock                   403    302    302    302    404    nest,one
GET  production_nest             file                   200    200    200    200    404    nest,every_file
GET  production_nestingrules     list                   302    302    302    302    302
GET  production_nestingrules     export                 404    404    404    404    404
POST production_nestingrules     saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  production_nestingrules     add                    403    403    403    403    200
POST production_nestingrules     add                    403    403    403    403    200
GET  production_nestingrules     change,history         200    200    200    200    404    nesting_rules
POST production_nestingrules     change                 403    302    302    302    404    nesting_rules gap_mm=7
GET  billing_quote               list,export            200    200    200    200    200
POST billing_quote               saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_quote               add                    403    200    200    200    200
POST billing_quote               add                    403    302    302    302    200    - client={client}&title=New&delivery_days=5&more_pieces=show
GET  billing_quote               change,history         200    200    200    200    404    draft
POST billing_quote               change                 403    302    302    302    404    draft title=New
GET  billing_quote               pdf                    403    200    200    200    404    sent
GET  billing_quote               pricing                200    200    200    200    404    draft
GET  billing_quote               what_if                403    200    200    200    404    draft,draft_line
POST billing_quote               what_if                403    302    302    302    404    draft,draft_line quantity=3&margin=40
GET  billing_orderpaper          list,export            200    200    200    200    200
POST billing_orderpaper          saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_orderpaper          add                    403    403    403    403    403
POST billing_orderpaper          add                    403    403    403    403    403
GET  billing_orderpaper          change,history         200    200    200    200    404    order_paper
POST billing_orderpaper          change                 403    403    403    403    403    order_paper
GET  billing_orderpaper          pdf                    403    200    200    200    404    order_paper
GET  billing_delivery            list,export,board      200    200    200    200    200
POST billing_delivery            saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_delivery            add                    403    403    403    403    403
POST billing_delivery            add                    403    403    403    403    403
GET  billing_delivery            change,history         200    200    200    200    404    draft_delivery
POST billing_delivery            change                 403    302    302    302    404    draft_delivery note=New
GET  billing_delivery            pdf                    200    200    200    200    404    shipped_delivery
GET  billing_delivery            labels                 200    200    200    200    404    packed_delivery,a6
GET  billing_delivery            proof                  200    200    200    200    404    arrived_delivery
GET  billing_invoice             list,export            200    200    200    200    200
POST billing_invoice             saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_invoice             add                    403    403    403    403    403
POST billing_invoice             add                    403    403    403    403    403
GET  billing_invoice             change,history         200    200    200    200    404    draft_invoice
POST billing_invoice             change                 403    302    302    302    404    draft_invoice note=New
GET  billing_invoice             pdf                    403    200    200    200    404    invoice
GET  billing_invoice             einvoice               403    302    302    302    404    invoice,facturx-xml
GET  billing_invoice             ageing                 403    200    200    200    200
GET  billing_invoice             ageing_export          403    200    200    200    200    csv
GET  billing_seal                list,export            200    200    200    200    200
POST billing_seal                saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_seal                add                    403    403    403    403    403
POST billing_seal                add                    403    403    403    403    403
GET  billing_seal                change,history         200    200    200    200    404    seal
POST billing_seal                change                 403    403    403    403    403    seal
GET  billing_payment             list,export            200    200    200    200    200
POST billing_payment             saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_payment             add                    403    403    403    403    403
POST billing_payment             add                    403    403    403    403    403
GET  billing_payment             change,history         200    200    200    200    404    payment
POST billing_payment             change                 403    403    403    403    403    payment
GET  billing_bankline            list,export            200    200    200    200    200
POST billing_bankline            saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_bankline            add                    403    403    403    403    403
POST billing_bankline            add                    403    403    403    403    403
GET  billing_bankline            change,history         200    200    200    200    404    bank_line
POST billing_bankline            change                 403    403    403    403    403    bank_line
GET  billing_bankline            match,import           403    200    200    200    200
POST billing_bankline            import                 403    200    200    200    200    - account=Giro
GET  billing_bankline            accept                 403    404    404    404    404    bank_line
POST billing_bankline            accept                 403    302    302    302    404    bank_line invoices={invoice}
GET  billing_bankstatement       list,export            200    200    200    200    200
POST billing_bankstatement       saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_bankstatement       add                    403    403    403    403    403
POST billing_bankstatement       add                    403    403    403    403    403
GET  billing_bankstatement       change,history         200    200    200    200    404    bank_statement
POST billing_bankstatement       change                 403    403    403    403    403    bank_statement
GET  billing_reminder            list,export            200    200    200    200    200
POST billing_reminder            saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_reminder            add                    403    403    403    403    403
POST billing_reminder            add                    403    403    403    403    403
GET  billing_reminder            change,history         200    200    200    200    404    reminder
POST billing_reminder            change                 403    403    403    403    403    reminder
GET  billing_reminder            look                   403    200    200    200    200
POST billing_reminder            look                   403    302    302    302    302    - reminder={reminder}
GET  billing_reminder            pdf                    403    200    200    200    404    sent_reminder
GET  billing_booksrules          list                   302    302    302    302    200
GET  billing_booksrules          export                 404    404    404    404    404
POST billing_booksrules          saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_booksrules          add                    403    403    403    403    200
POST billing_booksrules          add                    403    403    403    403    200
GET  billing_booksrules          change,history         200    200    200    200    404    books_rules
POST billing_booksrules          change                 403    403    302    302    404    books_rules remind_after=8
GET  billing_accountstatement    list,export            200    200    200    200    200
POST billing_accountstatement    saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_accountstatement    add                    403    403    403    403    403
POST billing_accountstatement    add                    403    403    403    403    403
GET  billing_accountstatement    change,history         200    200    200    200    404    account_statement
POST billing_accountstatement    change                 403    403    403    403    403    account_statement
GET  billing_accountstatement    of                     403    200    200    200    404    client
POST billing_accountstatement    of                     403    302    302    302    404    client
GET  billing_accountstatement    pdf                    403    200    200    200    404    account_statement
GET  billing_periodclose         list,export            200    200    200    200    200
POST billing_periodclose         saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_periodclose         add                    403    403    403    403    403
POST billing_periodclose         add                    403    403    403    403    403
GET  billing_periodclose         change,history         200    200    200    200    404    period_close
POST billing_periodclose         change                 403    403    403    403    403    period_close
GET  billing_periodclose         month                  403    200    200    200    200
POST billing_periodclose         month                  403    403    302    302    302    - what=close
GET  billing_periodclose         bookings               403    200    200    200    200    csv
GET  billing_periodclose         procedure              403    200    200    200    200
GET  billing_archive             list,export            200    200    200    200    200
POST billing_archive             saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_archive             add                    403    403    403    403    403
POST billing_archive             add                    403    403    403    403    403
GET  billing_archive             change,history         200    200    200    200    404    archive
POST billing_archive             change                 403    403    403    403    403    archive
GET  billing_archive             zip                    403    200    200    200    404    archive
GET  billing_exchangerate        list,export            200    200    200    200    200
POST billing_exchangerate        saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_exchangerate        add                    403    200    200    200    200
POST billing_exchangerate        add                    403    302    302    302    302    - currency=GBP&day=2026-01-05&rate=22.5
GET  billing_exchangerate        change,history         200    200    200    200    404    exchange_rate
POST billing_exchangerate        change                 403    302    302    302    404    exchange_rate rate=19
GET  billing_taxrate             list,export            200    200    200    200    200
POST billing_taxrate             saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_taxrate             add                    403    403    200    200    200
POST billing_taxrate             add                    403    403    302    302    302    - name=New&percent=7
GET  billing_taxrate             change,history         200    200    200    200    404    tax_rate
POST billing_taxrate             change                 403    403    302    302    404    tax_rate name=New
GET  billing_extraoperation      list,export            200    200    200    200    200
POST billing_extraoperation      saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_extraoperation      add                    403    403    200    200    200
POST billing_extraoperation      add                    403    403    302    302    302    - name=New&position=0&unit=piece&rate=7&setup=0&proposed=never
GET  billing_extraoperation      change,history         200    200    200    200    404    folding
POST billing_extraoperation      change                 403    403    302    302    404    folding rate=7
GET  billing_pricerules          list                   302    302    302    302    302
GET  billing_pricerules          export                 404    404    404    404    404
POST billing_pricerules          saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_pricerules          add                    403    403    403    403    403
POST billing_pricerules          add                    403    403    403    403    403
GET  billing_pricerules          change,history         200    200    200    200    404    price_rules
POST billing_pricerules          change                 403    403    302    302    404    price_rules setup_minutes=7
"""

# Every button of the back office. Opened, it asks (200) whoever may press it; pressed, it answers as written here.
VERBS = """
# model                     verb           viewer office manag. admin  elsewh.
accounts_membership         role           403    403    403    302    404    member role=operator
accounts_membership         invite         403    403    403    302    404    member
accounts_membership         deactivate     403    403    403    302    404    member
accounts_membership         reactivate     403    403    403    302    404    gone
accounts_membership         badge          403    403    302    302    404    member
accounts_membership         revoke_badge   403    403    302    302    404    member
accounts_membership         reset_pin      403    403    302    302    404    member
accounts_membership         unlock_pin     403    403    302    302    404    member
accounts_backgroundtask     retry          403    403    302    302    404    task
accounts_outgoingmail       send           403    403    302    302    404    mail why=asked
accounts_outgoingmail       arrived        403    403    302    302    404    unclear_mail
crm_client                  invite         403    302    302    302    404    client contact={newcomer}
crm_client                  archive        403    302    302    302    404    client
crm_client                  restore        403    302    302    302    404    archived_client
crm_followup                done           403    302    302    302    404    follow_up
crm_followup                postpone       403    302    302    302    404    follow_up due_on=2030-01-01
crm_contact                 invite         403    302    302    302    404    newcomer
crm_contact                 shut-out       403    302    302    302    404    contact
inventory_item              book-in        403    302    302    302    404    item quantity=1&kind=purchase
inventory_item              book-out       403    302    302    302    404    item quantity=1&kind=usage
inventory_item              count          403    302    302    302    404    item quantity=30
inventory_item              receive        403    302    302    302    404    item quantity=2&heat=H2
inventory_item              transfer       403    302    302    302    404    item quantity=1&target={rack}
inventory_item              picture        403    200    200    200    404    item
inventory_item              buy            403    302    302    302    404    item quantity=3
inventory_item              remnant        403    302    302    302    404    item width=400&height=300
inventory_item              archive        403    302    302    302    404    spare
inventory_item              restore        403    302    302    302    404    archived_item
inventory_need              order          403    302    302    302    404    need
inventory_supplier          order          403    302    302    302    404    supplier
inventory_supplier          archive        403    302    302    302    404    idle_supplier
inventory_supplier          restore        403    302    302    302    404    archived_supplier
inventory_purchaseorder     send           403    302    302    302    404    draft_purchase
inventory_purchaseorder     sent-otherwise 403    302    302    302    404    draft_purchase
inventory_purchaseorder     duplicate      403    302    302    302    404    sent_purchase
inventory_purchaseorder     close          403    302    302    302    404    part_purchase why=late
inventory_purchaseorder     cancel         403    302    302    302    404    sent_purchase why=dear
inventory_receipt           send-back      403    302    302    302    404    receipt quantity=1&reason=bent
inventory_reservation       release        403    302    302    302    404    reservation
inventory_scanevent         settle         403    302    302    302    404    conflict
inventory_scanevent         drop           403    302    302    302    404    conflict
inventory_stockcount        post           403    302    302    302    404    stock_count
inventory_stockcount        enter          403    302    302    302    404    stock_count line={count_line}&quantity=1
inventory_stockcount        again          403    302    302    302    404    stock_count line={count_line}
inventory_stockcount        cancel         403    302    302    302    404    stock_count
inventory_lot               release        403    302    302    302    404    reserved_remnant
inventory_lot               weigh          403    302    302    302    404    spool gross_g=700
inventory_lot               open           403    302    302    302    404    spool
inventory_lot               dry            403    302    302    302    404    spool
inventory_lot               move           403    302    302    302    404    spool location={rack}
inventory_lot               split          403    302    302    302    404    spool quantity=100
inventory_lot               merge          403    302    302    302    404    spool others={second_spool}
inventory_lot               quarantine     403    302    302    302    404    remnant why=bent
inventory_lot               clear          403    302    302    302    404    barred_spool
inventory_lot               use-up         403    302    302    302    404    spool
inventory_location          archive        403    302    302    302    404    rack
inventory_location          restore        403    302    302    302    404    archived_rack
inventory_lot               scrap          403    302    302    302    404    remnant why=bent
machines_machine            pause          403    403    302    302    404    spinning
machines_machine            resume         403    403    302    302    404    halted
machines_machine            stop           403    403    302    302    404    spinning
machines_machine            forget         403    403    302    302    404    spinning
machines_tablet             register       403    403    302    302    404    new_tablet
machines_tablet             again          403    403    302    302    404    tablet
machines_tablet             unlock         403    403    302    302    404    tablet
machines_tablet             revoke         403    403    302    302    404    tablet
machines_machine            archive        403    403    302    302    404    spare_machine
machines_machine            restore        403    403    302    302    404    archived_machine
machines_machinejob         settle         403    403    302    302    404    machine_job outcome=finished
machines_machine            look           403    403    302    302    404    printer
machines_printfile          fetch          403    403    302    302    404    far_file
machines_printfile          cancel         403    403    302    302    404    moving_file
machines_printfile          send           403    403    302    302    404    print_file machine={printer}
machines_printfile          print          403    403    302    302    404    print_file
machines_printfile          forget         403    403    302    302    404    print_file
machines_printfile          remove         403    403    302    302    404    own_file
machines_machine            meter          403    403    302    302    404    spare_machine kind=tasmota&host=x&topic=x&idle_w=1&cutting_w=2&unproved=on
machines_machine            unmeter        403    403    302    302    404    metered
machines_machine            out            403    302    302    302    404    spare_machine why=lens
machines_machine            back           403    302    302    302    404    maintained_machine
machines_maintenanceplan    done           403    302    302    302    404    old_plan
machines_maintenanceplan    archive        403    403    302    302    404    plan
machines_maintenanceplan    restore        403    403    302    302    404    archived_plan
machines_machinejob         nobodys        403    403    302    302    404    machine_job
production_enquiry          lose           403    302    302    302    404    enquiry
production_enquiry          reopen         403    302    302    302    404    lost
production_enquiry          quote          403    302    302    302    404    enquiry
production_enquiry          follow         403    302    302    302    404    drafted
production_designfile       measure        403    302    302    302    404    design_file
production_designfile       product        403    302    302    302    404    design_file
production_product          revise         403    200    200    200    404    product
production_product          picture        403    200    200    200    404    product
production_designfile       mend           403    302    302    302    404    design_file what=safe
production_designfile       use            403    302    302    302    404    design_file
production_designfile       role           403    302    302    302    404    design_file layer=0&role=cut
production_labourtime       correct        403    302    302    302    404    over_clock started_at=2020-01-01T08:00&stopped_at=2020-01-01T09:00&why=x
production_labourtime       stop           403    302    302    302    404    old_clock until=2020-01-01T09:00
production_layerrule        remove         403    302    302    302    404    layer_rule
production_job              prepare        403    302    302    302    404    unprepared
production_job              buy            403    302    302    302    404    short_job
production_job              by-hand        403    302    302    302    404    by_hand
production_job              milestones     403    302    302    302    404    job template={milestone_template}
production_milestonetemplate standard      403    302    302    302    404    milestone_template
production_milestonetemplate archive       403    302    302    302    404    milestone_template
production_milestonetemplate restore       403    302    302    302    404    archived_template
crm_accesslink              revoke         403    302    302    302    404    access_link
production_job              clone          403    302    302    302    404    job title=Again&once=x
production_job              proof          403    409    409    409    404    job
production_proof            withdraw       403    302    302    302    404    proof
production_job              hold           403    302    302    302    404    job
production_job              continue       403    302    302    302    404    held
production_job              cancel         403    302    302    302    404    job
production_job              confirm-order  403    302    302    302    404    undelivered
production_job              proforma       403    302    302    302    404    undelivered
production_job              deposit        403    302    302    302    404    undelivered amount=10
production_job              deliver        403    302    302    302    404    undelivered
production_job              invoice        403    302    302    302    404    uninvoiced
production_operation        priority       403    302    302    302    404    operation priority=4
production_operation        move           403    302    302    302    404    operation machine={busy}
production_nest             search         403    302    302    302    404    draft_nest
production_nest             again          403    302    302    302    404    nest
production_nest             stop           403    302    302    302    404    searched_nest
production_nest             add            403    302    302    302    404    nest drawing={nested_drawing}&quantity=2
production_nest             approve        403    302    302    302    404    nest
production_nest             take-back      403    302    302    302    404    approved_nest
production_nest             discard        403    302    302    302    404    nest
production_nestingrules     preset-plain   403    302    302    302    404    nesting_rules
production_nestingrules     preset-l-cut   403    302    302    302    404    nesting_rules
production_enquiry          nest           403    302    302    302    404    nested_enquiry
production_cuttingparameter confirm        403    403    302    302    404    unconfirmed
production_product          archive        403    302    302    302    404    product
production_product          restore        403    302    302    302    404    archived_product
billing_quote               proforma       403    302    302    302    404    sent
billing_quote               send           403    302    302    302    404    draft
billing_quote               price-again    403    302    302    302    404    draft
billing_quote               price-all      403    302    302    302    404    typed
billing_quote               accept         403    302    302    302    404    sent name=Thandi
billing_quote               decline        403    302    302    302    404    sent name=Thandi
billing_quote               duplicate      403    302    302    302    404    sent
billing_quote               withdraw       403    302    302    302    404    sent
billing_delivery            pack           403    302    302    302    404    draft_delivery
billing_delivery            ship           403    302    302    302    404    packed_delivery shipped_on=2026-01-01
billing_delivery            arrive         403    302    302    302    404    shipped_delivery received_by=Thandi
billing_delivery            invoice        403    302    302    302    404    shipped_delivery
billing_delivery            take-in        403    302    302    302    404    draft_delivery
billing_delivery            send-to        403    302    302    302    404    draft_delivery address={delivery_address}
billing_delivery            way            403    302    302    302    404    shipped_delivery carrier=gls&tracking=7
billing_delivery            unpack         403    302    302    302    404    packed_delivery
billing_delivery            come-back      403    302    302    302    404    shipped_delivery reason=Bent
billing_delivery            cancel         403    302    302    302    404    draft_delivery reason=Wrong
billing_invoice             issue          403    302    302    302    404    draft_invoice
billing_invoice             issue-credit   403    302    302    302    404    draft_credit
billing_invoice             credit         403    302    302    302    404    invoice
billing_invoice             cancel         403    302    302    302    404    wrong_invoice reason=Wrong
billing_invoice             refund         403    302    302    302    404    paid_back amount=1&paid_on=2026-01-01&method=transfer
billing_invoice             receive        403    302    302    302    404    invoice amount=1&received_on=2026-01-01&method=transfer
billing_invoice             keep           403    302    302    302    404    paid_back
billing_invoice             use-credit     403    302    302    302    404    invoice
billing_invoice             write-off      403    403    302    302    404    invoice amount=1&day=2026-01-01&reason=difference&explanation=Fees
billing_invoice             currency       403    302    302    302    404    draft_invoice currency=USD
billing_payment             refund         403    302    302    302    404    credit amount=1&paid_on=2026-01-01&method=transfer
billing_payment             reverse        403    302    302    302    404    credit day={today}&reason=Bounced
billing_invoice             hold           403    302    302    302    404    invoice kind=dispute&note=Bent
billing_invoice             lift           403    302    302    302    404    held_invoice
billing_reminder            send           403    302    302    302    404    reminder
billing_reminder            drop           403    302    302    302    404    reminder
billing_bankline            book           403    302    302    302    404    bank_line client={client}
billing_bankline            undo           403    302    302    302    404    booked_line reason=Wrong
billing_bankline            leave-out      403    302    302    302    404    bank_line reason=Rent
billing_bankline            take-up        403    302    302    302    404    rent_line
crm_client                  payment        403    302    302    302    404    client amount=1&received_on=2026-01-01&method=transfer&currency=ZAR
billing_invoice             deduct         403    302    302    302    404    final_draft
billing_invoice             discard        403    302    302    302    404    draft_invoice
billing_extraoperation      archive        403    403    302    302    404    folding
billing_extraoperation      restore        403    403    302    302    404    archived_folding
billing_taxrate             usual          403    403    302    302    404    second_rate
"""

# What only those see who look after the whole installation.
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
"""


class Row(NamedTuple):
    method: str
    name: str
    answers: dict[str, str]
    records: tuple[str, ...]
    data: str


def rows(text: str, people: tuple[str, ...], *, named_by: int = 1, method: str = "") -> list[Row]:
    """The lines of a table. With `method` none stands in front; `named_by` words make the name."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if not method:
            found_method, *words = words
        name, answers, rest = (
            words[:named_by],
            words[named_by : named_by + len(people)],
            words[named_by + len(people) :],
        )
        records = tuple(rest[0].split(",")) if rest and rest[0] != "-" else ()
        for page in name[-1].split(","):
            full = " ".join([*name[:-1], page])
            found.append(
                Row(method or found_method, full, dict(zip(people, answers, strict=True)), records, "".join(rest[1:]))
            )
    return found

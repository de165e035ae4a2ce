# ruff: noqa: E501 (a table is wider than prose)
"""Every address outside the back office."""

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
GET  floor:shop_pdf                       login  403    403    200    200    200    200    200    404  job
GET  floor:job                            login  403    403    200    200    200    200    200    404  job
GET  floor:checks                         login  403    403    200    200    200    200    200    404  line
GET  floor:check                          login  403    403    405    403    405    405    405    405  check
POST floor:check                          login  403    403    302    403    302    302    302    404  check seen=0&yes=1
GET  floor:undo_check                     login  403    403    405    403    405    405    405    405  result
POST floor:undo_check                     login  403    403    302    403    409    409    409    404  result
GET  floor:check_photo                    login  403    403    200    200    200    200    200    404  result
GET  floor:report_fault                   login  403    403    405    403    405    405    405    405  paused_line
POST floor:report_fault                   login  403    403    302    403    302    302    302    404  paused_line reason=burr&pieces=1&note=x&operation={paused_operation}
GET  floor:decide_fault                   login  403    403    405    403    405    405    405    405  fault
POST floor:decide_fault                   login  403    403    302    403    302    302    302    404  fault how=scrap
POST floor:decide_fault                   login  403    403    302    403    302    302    302    404  fault how=rework
POST floor:decide_fault                   login  403    403    409    403    409    409    409    404  fault how=same
POST floor:decide_fault                   login  403    403    403    403    403    302    302    404  fault how=accept&why=x
GET  floor:fault_photo                    login  403    403    200    200    200    200    200    404  fault
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
GET  board:picture                        login  403    403    200    200    200    200    200    404  print_file
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
GET  portal:order_paper_pdf               login  200    404    403    403    403    403    403    403  order_paper
GET  portal:link_order_paper_pdf          200    200    200    200    200    200    200    200    200  link_made_job,order_paper
GET  portal:link_order_paper_pdf          404    404    404    404    404    404    404    404    404  link_quote,order_paper
GET  portal:delivery_pdf                  login  200    404    403    403    403    403    403    403  shipped_delivery
GET  portal:delivery_certificate          login  200    404    403    403    403    403    403    403  shipped_delivery,certified_lot
GET  portal:invoices                      login  200    200    403    403    403    403    403    403
GET  portal:invoice                       login  200    404    403    403    403    403    403    403  invoice
GET  portal:invoice_pdf                   login  200    404    403    403    403    403    403    403  invoice
GET  portal:invoice_pay                   login  302    404    403    403    403    403    403    403  invoice
POST portal:invoice_pay                   login  302    404    403    403    403    403    403    403  invoice
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
GET  portal:link_invoice_pay              302    302    302    302    302    302    302    302    302  link_invoice,invoice
POST portal:link_invoice_pay              302    302    302    302    302    302    302    302    302  link_invoice,invoice
POST portal:link_invoice_pay              404    404    404    404    404    404    404    404    404  link_quote,invoice
# The card provider proves itself by a signature; its simulated page opens for whoever has the reference
GET  pay:hook                             405    405    405    405    405    405    405    405    405  provider_token
POST pay:hook                             400    400    400    400    400    400    400    400    400  provider_token
GET  pay:simulated                        200    200    200    200    200    200    200    200    200  card_reference
POST pay:simulated                        302    302    302    302    302    302    302    302    302  card_reference outcome=succeed
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

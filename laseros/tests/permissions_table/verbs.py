# ruff: noqa: E501 (a table is wider than prose)
"""Every button of the back office. Opened, it asks (200) whoever may press it; pressed, it answers as written here."""

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
crm_exemptioncertificate    upload         403    200    200    200    404    exemption
crm_tag                     delete         403    302    302    302    404    tag
crm_followup                done           403    302    302    302    404    follow_up
crm_followup                postpone       403    302    302    302    404    follow_up due_on=2030-01-01
crm_client                  erase          403    302    302    302    404    archived_client why=x
crm_contact                 erase          403    302    302    302    404    contact why=x
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
production_linecheck        remove         403    302    302    302    404    check
production_nonconformance   rework         403    302    302    302    404    fault pieces=1&reason=size
production_nonconformance   scrap          403    302    302    302    404    fault pieces=1&reason=size
production_nonconformance   accept         403    403    302    302    404    fault pieces=1&reason=size&why=x
production_nonconformance   same           403    302    302    302    404    fault
production_operation        check          403    302    302    302    404    operation name=X&kind=yes_no&how_often=once
production_job              check          403    302    302    302    404    job line={line}&name=X&kind=yes_no&how_often=once
production_job              template       403    302    302    302    404    job name=Again
production_jobtemplate      open           403    302    302    302    404    job_template
production_jobtemplate      remove         403    302    302    302    404    job_template
production_jobtemplate      archive        403    302    302    302    404    job_template
production_jobtemplate      restore        403    302    302    302    404    archived_job_template
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
production_job              sub-job        403    302    302    302    404    job title=Frame&quantity=2&once=x
production_job              put-under      403    302    302    302    404    unprepared parent={job}
production_job              take-out       403    302    302    302    404    sub_job
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
production_job              complete       403    302    302    302    404    given_away why=Warranty
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
billing_quote               revise         403    302    302    302    404    sent
billing_quote               duplicate      403    302    302    302    404    sent
billing_quote               prices         403    302    302    302    404    draft
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
billing_invoice             prices         403    302    302    302    404    draft_invoice
billing_recurringinvoice    prices         403    302    302    302    404    recurring
billing_recurringinvoice    pause          403    302    302    302    404    recurring
billing_recurringinvoice    resume         403    302    302    302    404    paused_recurring
billing_recurringinvoice    skip           403    302    302    302    404    recurring
billing_reminder            send           403    302    302    302    404    reminder
billing_reminder            drop           403    302    302    302    404    reminder
billing_paymentattempt      refund         403    302    302    302    404    card_attempt amount=1
billing_providerevent       settle         403    302    302    302    404    card_event note=Called
billing_provideraccount     secret         403    403    302    302    404    card_account secret=x
billing_bankline            book           403    302    302    302    404    bank_line client={client}
billing_bankline            undo           403    302    302    302    404    booked_line reason=Wrong
billing_bankline            leave-out      403    302    302    302    404    bank_line reason=Rent
billing_bankline            take-up        403    302    302    302    404    rent_line
billing_bankline            settle         403    302    302    302    404    outgoing_line received={approved_received}
billing_receivedinvoice     approve        403    302    302    302    404    received_invoice
billing_receivedinvoice     reject         403    302    302    302    404    received_invoice reason=Bent
billing_receivedinvoice     order          403    302    302    302    404    received_invoice
billing_receivedinvoice     pay            403    302    302    302    404    approved_received amount=1&paid_on=2026-01-01
billing_receivedinvoice     forgo          403    302    302    302    404    part_received reason=Discount
billing_receivedinvoice     look-again     403    302    302    302    404    rejected_received
billing_receivedinvoice     take-back      403    302    302    302    404    paid_received reason=Wrong
crm_client                  payment        403    302    302    302    404    client amount=1&received_on=2026-01-01&method=transfer&currency=ZAR
billing_invoice             tax            403    302    302    302    404    moved_draft
billing_invoice             deduct         403    302    302    302    404    final_draft
billing_invoice             discard        403    302    302    302    404    draft_invoice
billing_extraoperation      archive        403    403    302    302    404    folding
billing_extraoperation      restore        403    403    302    302    404    archived_folding
billing_taxrate             usual          403    403    302    302    404    second_rate
"""

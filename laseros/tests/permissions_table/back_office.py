# ruff: noqa: E501 (a table is wider than prose)
"""The back office, model by model.

Whoever is not let in (anonymous, clients, operator) is sent to the log-in from every address of it, so their columns are
left out. "*" is every model.
"""

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
GET  machines_machine            camera                 200    200    200    200    404    spinning
POST machines_machine            camera                 409    409    409    409    404    spinning
GET  machines_machine            still                  404    404    404    404    404    spinning
GET  machines_machine            reports                403    403    200    200    404    reporting
POST machines_machine            reports                403    403    302    302    404    reporting
GET  machines_machine            reports                404    404    404    404    404    spinning
GET  machines_machine            pair                   403    403    200    200    404    printer
GET  machines_machine            pair                   404    404    404    404    404    spinning
GET  machines_tablet             list,export            200    200    200    200    200
POST machines_tablet             saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  machines_tablet             add                    403    403    200    200    200
POST machines_tablet             add                    403    403    302    302    302    - name=New&idle_minutes=5
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
GET  machines_printfile          room                   200    200    200    200    200
GET  machines_printfile          clean_up               403    403    200    200    200
GET  machines_printfile          send                   403    403    200    200    200
POST machines_printfile          send                   403    403    200    200    200    - files=
GET  machines_printfile          moving                 200    200    200    200    200
POST machines_printfile          moving                 403    403    302    302    302    - files=1
POST machines_printfile          clean_up               403    403    200    200    200    - machine=here&files=
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
GET  production_linecheck        list,export            200    200    200    200    200
POST production_linecheck        saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  production_linecheck        add                    403    403    403    403    403
POST production_linecheck        add                    403    403    403    403    403
GET  production_linecheck        change,history         200    200    200    200    404    done_check
POST production_linecheck        change                 403    403    403    403    403    done_check
GET  production_nonconformance   list,export            200    200    200    200    200
POST production_nonconformance   saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  production_nonconformance   add                    403    403    403    403    403
POST production_nonconformance   add                    403    403    403    403    403
GET  production_nonconformance   change,history         200    200    200    200    404    fault
POST production_nonconformance   change                 403    403    403    403    403    fault
GET  production_nonconformance   photo                  200    200    200    200    404    fault
GET  production_nonconformance   report,report_export   200    200    200    200    200
GET  production_jobtemplate      list,export            200    200    200    200    200
POST production_jobtemplate      saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  production_jobtemplate      add                    403    403    403    403    403
POST production_jobtemplate      add                    403    403    403    403    403
GET  production_jobtemplate      change,history         200    200    200    200    404    job_template
POST production_jobtemplate      change                 403    302    302    302    404    job_template name=New
GET  production_jobtemplate      new                    403    200    200    200    200
POST production_jobtemplate      new                    403    302    302    302    409    - template={job_template}&client={client}&once=x
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
GET  billing_delivery            pdf,lots               200    200    200    200    404    shipped_delivery
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
GET  billing_paymentattempt      list,export            200    200    200    200    200
POST billing_paymentattempt      saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_paymentattempt      add                    403    403    403    403    403
POST billing_paymentattempt      add                    403    403    403    403    403
GET  billing_paymentattempt      change,history         200    200    200    200    404    card_attempt
POST billing_paymentattempt      change                 403    403    403    403    403    card_attempt
GET  billing_providerevent       list,export            200    200    200    200    200
POST billing_providerevent       saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_providerevent       add                    403    403    403    403    403
POST billing_providerevent       add                    403    403    403    403    403
GET  billing_providerevent       change,history         200    200    200    200    404    card_event
POST billing_providerevent       change                 403    403    403    403    403    card_event
GET  billing_provideraccount     list                   302    302    302    302    200
GET  billing_provideraccount     export                 404    404    404    404    404
POST billing_provideraccount     saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_provideraccount     add                    403    403    403    403    200
POST billing_provideraccount     add                    403    403    403    403    302    - kind=manual
GET  billing_provideraccount     change,history         200    200    200    200    404    card_account
POST billing_provideraccount     change                 403    403    302    302    404    card_account kind=manual
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
POST billing_bankline            accept                 403    302    302    302    404    outgoing_line received={approved_received}
GET  billing_bankstatement       list,export            200    200    200    200    200
POST billing_bankstatement       saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_bankstatement       add                    403    403    403    403    403
POST billing_bankstatement       add                    403    403    403    403    403
GET  billing_bankstatement       change,history         200    200    200    200    404    bank_statement
POST billing_bankstatement       change                 403    403    403    403    403    bank_statement
GET  billing_recurringinvoice    list,export            200    200    200    200    200
POST billing_recurringinvoice    saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_recurringinvoice    add                    403    200    200    200    200
POST billing_recurringinvoice    add                    403    302    302    302    200    - client={client}&title=New&every=1&unit=month&starts_on=2150-01-01&then=draft
GET  billing_recurringinvoice    change,history         200    200    200    200    404    recurring
POST billing_recurringinvoice    change                 403    302    302    302    404    recurring title=New
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
POST billing_accountstatement    of                     403    302    302    302    404    client from_on=2026-01-01&until_on=2026-01-31&currency=ZAR
GET  billing_accountstatement    pdf                    403    200    200    200    404    account_statement
GET  billing_accountstatement    paper                  403    200    200    200    404    account_statement
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
GET  billing_receivedinvoice     list,export            200    200    200    200    200
POST billing_receivedinvoice     saved                  302    302    302    302    302    - label=Mine&query=q%3Dx
GET  billing_receivedinvoice     add                    403    200    200    200    200
POST billing_receivedinvoice     add                    403    200    200    200    200
GET  billing_receivedinvoice     change,history         200    200    200    200    404    received_invoice
POST billing_receivedinvoice     change                 403    403    403    403    403    received_invoice
GET  billing_receivedinvoice     file                   403    200    200    200    404    received_invoice
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

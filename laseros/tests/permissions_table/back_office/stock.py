# ruff: noqa: E501 (a table is wider than prose)
"""Models of the stock and of machines."""

STOCK = """
#    model                       page                   viewer office manag. admin  elsewh.
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
"""

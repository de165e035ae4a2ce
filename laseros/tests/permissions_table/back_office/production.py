# ruff: noqa: E501 (a table is wider than prose)
"""Models of enquiries, jobs and work."""

PRODUCTION = """
#    model                       page                   viewer office manag. admin  elsewh.
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
"""

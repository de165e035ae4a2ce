# ruff: noqa: E501 (a table is wider than prose)
"""Models of quotes, invoices, payments and prices."""

MONEY = """
#    model                       page                   viewer office manag. admin  elsewh.
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

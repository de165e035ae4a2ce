"""A document's pages exist twice: for contacts who are logged in, and under the token of a link."""

from django.urls import include, path

from portal import papers, paying, people, proofs, reorders, talking, uploads, views

app_name = "portal"

DOCUMENTS = [
    ("quotes/<int:pk>/accept/", views.quote_accept, "quote_accept"),
    ("quotes/<int:pk>/decline/", views.quote_decline, "quote_decline"),
    ("quotes/<int:pk>/pdf/", views.quote_pdf, "quote_pdf"),
    ("quotes/<int:pk>/drawings/<int:line>/", views.quote_drawing, "quote_drawing"),
    ("jobs/<int:pk>/progress/", views.job_progress, "job_progress"),
    ("jobs/<int:pk>/pdf/", views.job_pdf, "job_pdf"),
    ("jobs/<int:pk>/photos/<int:photo>/", views.job_photo, "job_photo"),
    ("jobs/<int:pk>/proofs/<int:proof>/approve/", proofs.approve, "proof_approve"),
    ("jobs/<int:pk>/proofs/<int:proof>/change/", proofs.change, "proof_change"),
    ("jobs/<int:pk>/proofs/<int:proof>/picture/", proofs.picture, "proof_picture"),
    ("jobs/<int:pk>/proofs/<int:proof>/file/", proofs.file, "proof_file"),
    ("jobs/<int:pk>/messages/", talking.job_messages, "job_messages"),
    ("jobs/<int:pk>/messages/<int:file>/", talking.job_file, "job_file"),
    ("jobs/<int:pk>/drawings/<int:line>/", views.job_drawing, "job_drawing"),
    ("jobs/<int:pk>/drawings/<int:line>/file/", views.job_drawing_file, "job_drawing_file"),
    ("papers/<int:pk>/pdf/", papers.order_paper_pdf, "order_paper_pdf"),
    ("deliveries/<int:pk>/pdf/", views.delivery_pdf, "delivery_pdf"),
    ("deliveries/<int:pk>/certificates/<int:lot>/", views.delivery_certificate, "delivery_certificate"),
    ("invoices/<int:pk>/pdf/", views.invoice_pdf, "invoice_pdf"),
    ("invoices/<int:pk>/pay/", paying.pay, "invoice_pay"),
    ("statements/<int:pk>/pdf/", papers.statement_pdf_view, "statement_pdf"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("client/", views.switch, name="switch"),
    path("quotes/", views.quotes, name="quotes"),
    path("quotes/<int:pk>/", views.quote, name="quote"),
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("upload/", uploads.upload, name="upload"),
    path("upload/<int:pk>/ask/", uploads.ask, name="upload_ask"),
    path("upload/<int:pk>/order/", uploads.order, name="upload_order"),
    path("upload/parts/<int:line>/", uploads.part, name="upload_part"),
    path("upload/parts/<int:line>/unit/", uploads.unit, name="upload_unit"),
    path("upload/parts/<int:line>/remove/", uploads.remove, name="upload_remove"),
    path("upload/parts/<int:line>/drawing/", uploads.drawing, name="upload_drawing"),
    path("again/", reorders.ordered, name="ordered"),
    path("again/<int:line>/", reorders.again, name="again"),
    path("jobs/<int:pk>/again/", reorders.job_again, name="job_again"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="people_invite"),
    path("people/<int:pk>/", people.allow, name="people_allow"),
    path("people/<int:pk>/shut-out/", people.shut_out, name="people_shut_out"),
    path("enquiries/", uploads.enquiries, name="enquiries"),
    path("enquiries/<int:pk>/", uploads.enquiry, name="enquiry"),
    path("enquiries/<int:pk>/drawings/<int:line>/", uploads.enquiry_drawing, name="enquiry_drawing"),
    path("messages/", talking.preferences, name="preferences"),
    path("material/", views.material, name="material"),
    path("deliveries/", views.deliveries, name="deliveries"),
    path("deliveries/<int:pk>/", views.delivery, name="delivery"),
    path("invoices/", views.invoices, name="invoices"),
    path("invoices/<int:pk>/", views.invoice, name="invoice"),
    path("account/", papers.account, name="account"),
    path("account/pdf/", papers.account_pdf, name="account_pdf"),
    path("statements/<int:pk>/", papers.statement, name="statement"),
    *[path(route, view, name=name) for route, view, name in DOCUMENTS],
    path("link/<str:token>/", views.link, name="link"),
    path("link/<str:token>/", include([path(route, view, name=f"link_{name}") for route, view, name in DOCUMENTS])),
]

from django.urls import path

<<<<<<< HEAD
from production.views import label, operation, plates, queue, runs, scan, sheet, spools
=======
from production.views import job, label, operation, queue, runs, scan, sheet
>>>>>>> b48719bb20aa303ecbff83a7f499d07653858723

app_name = "floor"
urlpatterns = [
    path("", queue.page, name="queue"),
    path("machines/", queue.choose, name="machines"),
    path("machines/<int:pk>/now/", queue.run_card, name="run_card"),
    path("machines/<int:pk>/queue/", queue.queue_list, name="queue_list"),
    path("machines/<int:pk>/order/", queue.order, name="order"),
    path("machines/<int:pk>/spools/", spools.page, name="spools"),
    path("machines/<int:pk>/", scan.machine, name="machine"),
    path("scan/", scan.page, name="scan"),
    path("scan/me/", scan.me, name="scan_me"),
    path("scan/known/", scan.known, name="scan_known"),
    path("scan/look/", scan.look, name="scan_look"),
    path("scan/events/", scan.take, name="scan_events"),
    path("scan/counts/<int:pk>/", scan.count_lines, name="count_lines"),
    path("scan/worker.js", scan.worker, name="scan_worker"),
    path("scan/app.webmanifest", scan.manifest, name="scan_manifest"),
    path("counts/", scan.counts, name="counts"),
    path("unsettled/", scan.unsettled, name="unsettled"),
    path("unsettled/<int:pk>/", scan.decide, name="decide"),
    path("labels/<slug:kind>/<int:pk>.pdf", label.pdf, name="label"),
    path("find/", queue.find, name="find"),
    path("operations/<int:pk>/", operation.page, name="operation"),
    path("operations/<int:pk>/drawing.svg", operation.drawing, name="drawing"),
    path("operations/<int:pk>/sheet.pdf", sheet.paper, name="sheet_pdf"),
    path("operations/<int:pk>/shift/", queue.shift, name="shift"),
    path("operations/<int:pk>/move/", queue.move, name="move"),
    path("operations/<int:pk>/start/", runs.start, name="start"),
    path("jobs/<int:pk>/", job.page, name="job"),
    path("milestones/<int:pk>/reach/", job.reach, name="reach"),
    path("milestones/<int:pk>/skip/", job.skip, name="skip_milestone"),
    path("milestones/<int:pk>/undo/<int:times>/", job.undo, name="undo_milestone"),
    path("milestones/<int:pk>/photo/", job.photograph, name="photograph"),
    path("photos/<int:pk>/", job.photo, name="photo"),
    path("jobs/<int:pk>/sheet/", operation.traveller, name="traveller"),
    path("runs/<int:pk>/pause/", runs.pause, name="pause"),
    path("runs/<int:pk>/resume/", runs.resume, name="resume"),
    path("runs/<int:pk>/finish/", runs.finish, name="finish"),
    path("runs/<int:pk>/abort/", runs.abort, name="abort"),
    path("runs/<int:pk>/good/", plates.all_good, name="all_good"),
    path("runs/<int:pk>/next/", plates.send_next, name="send_next"),
    path("operations/<int:pk>/send/", plates.send, name="send"),
    path("plates/<int:pk>/", plates.count, name="plate"),
    path("whose/", plates.whose, name="whose"),
    path("whose/<int:pk>/", plates.claim, name="claim"),
    path("runs/<int:pk>/undo/<int:times>/", runs.undo, name="undo"),
]

from django.urls import path

from machines import views

app_name = "board"
urlpatterns = [
    path("", views.board_page, name="board"),
    path("needs/", views.needs, name="needs"),
    path("machines/<int:pk>/", views.card, name="card"),
    path("pictures/<int:pk>/", views.picture, name="picture"),
]

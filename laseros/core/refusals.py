"""A verb's refusal becomes a clear page, wherever a view did not answer it itself."""

from django.http import Http404
from django.shortcuts import render

from laseros.core.errors import NotFound, Refused


class RefusalMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, NotFound):
            raise Http404(str(exception.reason))
        if isinstance(exception, Refused):
            template = "errors/_refused.html" if getattr(request, "htmx", False) else "errors/refused.html"
            return render(request, template, {"reason": exception.reason, "code": exception.code}, status=409)
        return None

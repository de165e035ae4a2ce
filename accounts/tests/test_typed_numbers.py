"""Numbers as German and English people type them; 1.234 is never read as another number than was meant."""

from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from accounts.forms import bounded
from accounts.typed_numbers import plain, written
from billing.models import TaxRate

D = Decimal


@pytest.fixture(params=["de", "en"])
def language(request):
    with translation.override(request.param.partition("-")[0]):
        yield request.param


SAME = [
    ("18", "18"), ("-3", "-3"), ("−3", "-3"), ("18,37", "18.37"), ("18.37", "18.37"), ("0.125", "0.125"),
    ("0,125", "0.125"), ("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("1.234.567", "1234567"), ("", ""),
    ("1,234,567", "1234567"), ("1 234,5", "1234.5"), ("1\u202f234", "1234"), ("1’234.50", "1234.50"),
    ("12345.6789", "12345.6789"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "meant"), SAME)
@pytest.mark.parametrize("code", ["de", "en"])
def test_what_can_mean_one_thing_means_it_in_both_languages(code, typed, meant):
    with translation.override(code):
        assert plain(typed) == meant


@pytest.mark.parametrize(
    ("code", "typed", "meant"),
    [("de", "1,234", "1.234"), ("de", "1.234", None), ("de", "12.345", None), ("de", "-1.234", None),
     ("en", "1.234", "1.234"), ("en", "1,234", None), ("en", "999,000", None)],
)  # fmt: skip
def test_a_thousand_or_a_little_more_than_one_is_asked_about(code, typed, meant):
    with translation.override(code):
        if meant is not None:
            assert plain(typed) == meant
            return
        with pytest.raises(ValidationError) as refusal:
            plain(typed)
    assert refusal.value.code == "which"


def test_what_is_shown_is_read_back(language):
    with translation.override(language.partition("-")[0]):
        for value in ("18.37", "1.234", "1234567.891", "0.5", "-12.345", "1850.00"):
            assert D(plain(written(D(value)))) == D(value)


@pytest.mark.parametrize("nonsense", ["x", "1.2.3", "1,2,3", "1.2,3,4", "1.23,456.7", "--1", "1e5,5"])
def test_nonsense_stays_nonsense(nonsense):
    class Form(forms.Form):
        price = forms.DecimalField(max_digits=16, decimal_places=4)

    with translation.override("de"):
        form = bounded(Form({"price": nonsense}))
        assert not form.is_valid()
        assert f'value="{nonsense}"' in str(form["price"])


def test_a_form_shows_a_comma_and_keeps_what_could_not_be_read():
    class Form(forms.Form):
        price = forms.DecimalField(max_digits=16, decimal_places=4, min_value=0)
        length = forms.FloatField(required=False)
        pieces = forms.IntegerField(required=False)

    with translation.override("de"):
        form = bounded(Form(initial={"price": D("18.37"), "length": 0.5, "pieces": 3}))
        assert ['value="18,37"' in str(form["price"]), 'value="0,5"' in str(form["length"])] == [True, True]
        assert ('type="text"' in str(form["price"]), 'type="number"' in str(form["pieces"])) == (True, True)
        assert bounded(Form({"price": "18,37"}, initial={"price": D("18.37")})).changed_data == []
        form = bounded(bounded(Form({"price": "1,234", "length": "2,5"})))
        assert form.is_valid()
        assert (form.cleaned_data["price"], form.cleaned_data["length"]) == (D("1.234"), 2.5)
        form = bounded(Form({"price": "1.234"}))
        assert form.errors["price"] == ["1.234 kann 1234 oder 1,234 heißen: Bitte schreiben, was gemeint ist."]
        assert 'value="1.234"' in str(form["price"])
        assert not bounded(Form({"price": "-1"})).is_valid()


def test_the_back_office_takes_and_shows_a_comma(scoped, workspace, log_in, person):
    manager = person("manager", workspace)
    manager.language = "de"
    manager.save()
    rate = TaxRate.objects.create(workspace=workspace, name="NYC", percent="8.875", valid_from="2020-01-01")
    browser, page = log_in(manager), reverse("admin:billing_taxrate_change", args=[rate.pk])
    with translation.override("de"):
        shown = browser.get(page, headers={"accept-language": "de"}).content.decode()
    assert 'value="8,875"' in shown

"""The demo from beginning to end, and how much of it."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from crm.models import Client
from laseros.demo import (
    american,
    buying,
    departures,
    desk,
    ground,
    money,
    parts,
    paying,
    people,
    products,
    quality,
    sheets,
    stores,
    sub_jobs,
    talking,
    today,
    upkeep,
)
from laseros.demo.books import Books, Numbers
from laseros.demo.drawings import DESIGNS
from laseros.demo.files import keep_drawings, keep_prints
from laseros.demo.ground import at_home
from laseros.demo.story import Plan, Planner

ORDERS = 245  # a business at scale 1: about 200 of them become jobs
MONTHS = 6
CHUNK = 1000


def seed(scale: int = 1, say: Callable[[str], None] = print) -> None:
    """Make both businesses with `scale` times the usual history, and a small American one with its invoices alone."""
    now = timezone.now()
    people.installation_owner()
    businesses = []
    for slug in people.STAFF:
        say(f"{slug}: business, people, stock and prices")
        business = ground.lay(slug)
        with at_home(business.workspace):
            _history(business, scale, now, say)
            _today(business)
            products.make(business)
            quality.of_products(business)
        businesses.append(business)
    say("harbor-plate: sales tax of the United States")
    american.make()
    for business in businesses:
        with at_home(business.workspace):
            today.start_machines(business)
            with transaction.atomic():
                quality.of_today(business)


def _history(business, scale, now, say):
    laser = business.is_laser
    office = business.people["office"]
    kept = (
        keep_drawings(business, DESIGNS, parts.measured, office)
        if laser
        else keep_prints(business, parts.PRINT_PARTS, office)
    )
    numbers = Numbers(business.workspace)
    price = parts.pricer(business)
    books = Books(business, kept, numbers, price)
    begin = now - dt.timedelta(days=30 * MONTHS)
    long_ago = begin - dt.timedelta(days=3 * 365)
    books.add_clients(40 + 8 * (scale - 1), long_ago if scale > 1 else begin)
    plan = Plan(
        parts=parts.LASER_PARTS if laser else parts.PRINT_PARTS,
        price=price,
        clients=len(books.clients),
        machines=len(business.machines),
        payment_days=business.workspace.payment_days,
        now=now,
    )
    planner = Planner(plan, seed=business.workspace.slug)
    older = ORDERS * (scale - 1)
    for first in range(0, older, CHUNK):
        count = min(CHUNK, older - first)
        span = (begin - long_ago) / older
        say(f"{business.workspace.slug}: {first} of {older + ORDERS} orders")
        orders = planner.orders(count, long_ago + span * first, long_ago + span * (first + count), settled=True)
        books.write(orders)
    books.write(planner.orders(ORDERS, begin, now))
    books.close(now)
    for item in business.items.values():
        item.refresh_from_db()


def _today(business):
    today.take_stock_of_extras(business)
    client = Client.objects.order_by("pk").first()
    paying.set_up(business.workspace)
    buying.make(business)
    stores.make(business)
    contact = today.befriend(business, client)
    today.live_a_day(business, contact)
    talking.talk(business, contact)
    sub_jobs.divide(business, client)
    desk.leave(business, contact)
    upkeep.plan(business)
    if business.is_laser:
        sheets.lay_out(business)
    departures.stand_at_the_door(business)
    money.make(business)
    paying.make(business)

/* The scanner without a network. It keeps one page, the same for everybody and without a name on it, and what that page
   is made of. What it shows comes from the device's own store; no answer of the server about anything is kept here. */
const CACHE = "laseros-scan-{{ version }}";
const PAGE = "{{ page|escapejs }}";
const ASSETS = [{% for asset in assets %}"{{ asset|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const PATIENCE = 4000;

const isPage = (response) => response.ok && !response.redirected && response.headers.get("X-Shell") === "scan";

async function keepPage() {
  const response = await fetch(PAGE, { credentials: "same-origin", cache: "no-store" });
  if (isPage(response)) await (await caches.open(CACHE)).put(PAGE, response);
}

self.addEventListener("install", (event) => {
  const fill = async () => {
    await (await caches.open(CACHE)).addAll(ASSETS);
    await keepPage();
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const clean = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("laseros-scan-") && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

self.addEventListener("message", (event) => {
  if (event.data === "renew") event.waitUntil(keepPage().catch(() => undefined));
});

async function page(request) {
  // A navigation cannot be given a time limit of its own: it races against one.
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const kept = await caches.match(PAGE);
  const answer = fetch(request).then(
    (response) => (response.status < 500 ? response : null),
    () => null,
  );
  return (await (kept ? Promise.race([answer, late]) : answer)) ?? kept ?? Response.error();
}

async function asset(request) {
  return (await caches.match(request, { ignoreSearch: true })) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === PAGE) event.respondWith(page(event.request));
  else if (ASSETS.includes(url.pathname)) event.respondWith(asset(event.request));
});

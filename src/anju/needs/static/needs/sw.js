/* The offline page's service worker: its page and the files it uses are kept; nothing else, and no family's data. */
'use strict';
const KEPT = 'anju-offline-1', PAGE = '/needs/village/offline/';

self.addEventListener('install', e => { e.waitUntil(self.skipWaiting()); });
self.addEventListener('activate', e => {
  e.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith('anju-offline-') && name !== KEPT) await caches.delete(name);
    await self.clients.claim();
  })());
});

const ours = url => url.origin === location.origin && (url.pathname === PAGE || url.pathname.startsWith('/static/'));

// The page names what it uses once it is open; the answer says that all of it is kept.
self.addEventListener('message', e => {
  const wanted = (e.data && e.data.keep || []).filter(u => ours(new URL(u, location.origin)));
  e.waitUntil((async () => {
    const cache = await caches.open(KEPT);
    await Promise.all(wanted.map(async u => {
      const answer = await fetch(u, { credentials: 'same-origin' });
      if (answer.ok && !answer.redirected) await cache.put(u, answer);
    }));
    if (e.ports[0]) e.ports[0].postMessage('kept');
  })());
});

self.addEventListener('fetch', e => {
  const url = new URL(e.request.url);
  if (e.request.method !== 'GET' || !ours(url)) return;
  e.respondWith((async () => {
    const cache = await caches.open(KEPT);
    try {
      const answer = await fetch(e.request);
      if (answer.ok && !answer.redirected && answer.type === 'basic') await cache.put(e.request, answer.clone());
      return answer;
    } catch (gone) {
      const kept = await cache.match(e.request, { ignoreSearch: true, ignoreVary: true });
      if (kept) return kept;
      throw gone;
    }
  })());
});

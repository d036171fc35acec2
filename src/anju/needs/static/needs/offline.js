/* 离线填写: forms kept in IndexedDB, encrypted by a key that a password of the device makes (PBKDF2, AES-GCM), sent when the signal is back. */
(() => {
  'use strict';
  const root = document.getElementById('offline');
  if (!root) return;
  const $ = (q, r = root) => r.querySelector(q), $$ = (q, r = root) => [...r.querySelectorAll(q)];
  const ROUNDS = 600000, TITLES = { application: '代家庭申请', visit: '登记走访' };
  let key = null, base = null, busy = false;

  if (!window.isSecureContext || !window.crypto || !crypto.subtle || !('serviceWorker' in navigator) || !window.indexedDB) {
    $('[data-unsafe]').hidden = false;
    return;
  }

  // --- what is kept -----------------------------------------------------------------------------
  const opened = new Promise((yes, no) => {
    const ask = indexedDB.open('anju-village', 1);
    ask.onupgradeneeded = () => { ask.result.createObjectStore('lock'); ask.result.createObjectStore('forms', { keyPath: 'id' }); };
    ask.onsuccess = () => yes(ask.result);
    ask.onerror = () => no(ask.error);
  });
  const run = async (store, mode, fn) => {
    base = base || await opened;
    return new Promise((yes, no) => {
      const ask = fn(base.transaction(store, mode).objectStore(store));
      ask.onsuccess = () => yes(ask.result);
      ask.onerror = () => no(ask.error);
    });
  };
  const seal = async value => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, body: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new TextEncoder().encode(JSON.stringify(value))) };
  };
  const unseal = async ({ iv, body }) => JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, body)));

  // --- the password of the device -----------------------------------------------------------------
  const derive = async (pin, salt) => {
    const raw = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveKey']);
    return crypto.subtle.deriveKey({ name: 'PBKDF2', salt, iterations: ROUNDS, hash: 'SHA-256' }, raw, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  };
  const unlock = async pin => {
    const lock = await run('lock', 'readonly', s => s.get('lock'));
    if (lock) {
      key = await derive(pin, lock.salt);
      try { await unseal(lock.proof); } catch { key = null; return '口令不对，没有打开；请重输'; }
      return '';
    }
    if (pin.length < 8) return `口令至少 8 位，现有 ${pin.length} 位`;
    const salt = crypto.getRandomValues(new Uint8Array(16));
    key = await derive(pin, salt);
    const proof = await seal('anju');
    await run('lock', 'readwrite', s => s.put({ salt, proof }, 'lock'));
    return '';
  };
  const show = async () => {
    $('[data-lock]').hidden = !!key;
    $('[data-open]').hidden = !key;
    if (key) await list();
  };
  $('[data-unlock]').addEventListener('submit', async e => {
    e.preventDefault();
    const field = $('#pin'), wrong = await unlock(field.value);
    field.value = '';
    $('[data-pin-wrong]').textContent = wrong;
    if (!wrong) await show(); else field.focus();
  });
  $('[data-forget]').addEventListener('click', async () => { key = null; $$('form[data-form]').forEach(f => f.reset()); await show(); $('#pin').focus(); });

  // --- forms ----------------------------------------------------------------------------------------
  const say = text => { $('[data-said]').textContent = text; };
  const list = async () => {
    const rows = await run('forms', 'readonly', s => s.getAll()), ul = $('[data-kept]');
    ul.replaceChildren(...rows.map(row => {
      const li = document.createElement('li'), name = document.createElement('span'), why = document.createElement('span'), push = document.createElement('span');
      name.className = 'strong'; name.textContent = `${TITLES[row.kind]}，${new Date(row.at).toLocaleString('zh-CN')}`;
      why.textContent = row.why || '待发送'; if (row.why) why.className = 'err';
      push.className = 'push row';
      for (const [title, fn] of [['打开改', () => edit(row)], ['删除', () => drop(row)]]) {
        const b = document.createElement('button'); b.type = 'button'; b.className = 'btn sm'; b.textContent = title; b.addEventListener('click', fn); push.append(b);
      }
      li.append(name, why, push);
      return li;
    }));
    $('[data-none]').hidden = rows.length > 0;
    return rows;
  };
  const fill = (form, values) => {
    form.reset();
    for (const [name, value] of values) {
      const field = form.elements.namedItem(name);
      if (!field) continue;
      if (field.type === 'checkbox') field.checked = true; else field.value = value;
      const fold = field.closest && field.closest('details.data'); if (fold && value) fold.open = true;
    }
  };
  const edit = async row => {
    const form = $(`form[data-form=${row.kind}]`);
    fill(form, await unseal(row.sealed));
    form.dataset.id = row.id;
    form.closest('details').open = true;
    form.querySelector('input, select, textarea').focus();
  };
  const drop = async row => {
    if (!window.confirm('删除后找不回来。确定删除这张没有发送的表？')) return;
    await run('forms', 'readwrite', s => s.delete(row.id));
    await list();
  };
  $$('form[data-form]').forEach(form => form.addEventListener('submit', async e => {
    e.preventDefault();
    const values = [...new FormData(form)].filter(([, v]) => typeof v === 'string' && v !== '');
    const row = { id: form.dataset.id || crypto.randomUUID(), kind: form.dataset.form, at: Date.now(), why: '', sealed: await seal(values) };
    await run('forms', 'readwrite', s => s.put(row));
    delete form.dataset.id;
    form.reset();
    await list();
    say('已加密存在这台设备上。');
    $('[data-said]').scrollIntoView({ block: 'center' });
  }));
  const locate = $('[data-locate]');
  if (!navigator.geolocation) locate.hidden = true;
  locate.addEventListener('click', () => navigator.geolocation.getCurrentPosition(
    p => { $('#v_place').value = `${p.coords.latitude.toFixed(6)},${p.coords.longitude.toFixed(6)}`; },
    () => say('没有取到位置；可以不填。'), { timeout: 15000 }));

  // --- sending: one after another, each once by its key ----------------------------------------------
  const send = async () => {
    if (busy || !key) return;
    busy = true;
    try {
      const rows = await list();
      let done = 0, left = 0;
      const asked = rows.length ? await fetch(root.dataset.token, { credentials: 'same-origin', redirect: 'manual' }) : null;
      if (asked && !asked.ok) { say('登录已过期，没有发送；请重新登录后再发，表还在这台设备上。'); return; }
      const token = asked ? (await asked.json()).token : '';
      for (const row of rows) {
        const body = new FormData();
        for (const [name, value] of await unseal(row.sealed)) body.append(name, value);
        body.append('key', row.id); body.append('kind', row.kind);
        const answer = await fetch(root.dataset.send, { method: 'POST', body, credentials: 'same-origin', redirect: 'manual', headers: { 'X-CSRFToken': token } });
        const json = (answer.headers.get('content-type') || '').startsWith('application/json') ? await answer.json() : null;
        if (json && json.ok) { await run('forms', 'readwrite', s => s.delete(row.id)); done += 1; say(json.said); continue; }
        left += 1;
        const why = json ? [json.said, ...json.wrong].join('；') : `服务器没有收下（${answer.status}），请稍后再发`;
        await run('forms', 'readwrite', s => s.put({ ...row, why }));
      }
      if (rows.length) say(`发送完：收下 ${done} 张${left ? `，${left} 张要改，原因见上` : ''}。`);
    } catch {
      say('没有信号，没有发送；表还在这台设备上。');
    } finally {
      busy = false;
      if (key) await list();
    }
  };
  $('[data-send-all]').addEventListener('click', send);
  const signal = () => { $('[data-signal]').textContent = navigator.onLine ? '有信号' : '没有信号'; };
  window.addEventListener('online', () => { signal(); send(); });
  window.addEventListener('offline', signal);
  signal();

  // --- the page itself works without a signal ------------------------------------------------------------
  const keep = async () => {
    const worker = await navigator.serviceWorker.register(root.dataset.worker);
    await navigator.serviceWorker.ready;
    const used = performance.getEntriesByType('resource').map(r => r.name).filter(u => new URL(u).pathname.startsWith('/static/'));
    const svg = document.body.dataset.shapes ? [document.body.dataset.shapes] : [];
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { root.dataset.ready = 'yes'; };
    (worker.active || navigator.serviceWorker.controller).postMessage({ keep: [location.pathname, ...new Set([...used, ...svg])] }, [channel.port2]);
  };
  keep().catch(() => say('本页还没有存到这台设备；请在有信号时重新打开一次。'));
  show();
})();

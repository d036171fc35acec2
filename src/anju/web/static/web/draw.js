/* The draw, computed again in the visitor's own browser: lists, commitments, public values, order, allotment. Nothing is sent anywhere.
   The rules are those of docs/draw-transcript.md; each step answers true or false, and a step that cannot be computed is false. */
const anjuDraw = (() => {
  'use strict';
  const H = typeof anjuHash !== 'undefined' ? anjuHash : require('./sha256.js');
  const { sha256, hmac, join, hex, unhex, utf8 } = H;
  const digest = text => hex(sha256(utf8(text)));
  const lines = text => text.split('\n').filter(Boolean).map(l => l.split('\t'));
  // strings are compared as their UTF-8 bytes, as the rules say
  const bytesBefore = (a, b) => { const x = utf8(a), y = utf8(b); for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i] - y[i]; return x.length - y.length; };

  const entrants = t => lines(t.entrants).map(([number, group, wishes, need]) => ({ number, group: Number(group), wishes: wishes.split(','), needs: need === '1' }));
  const homes = t => lines(t.homes).map(([label, unit, reserved, free]) => ({ label, unit, reserved: reserved ? Number(reserved) : null, stepFree: free === '1' }));
  // the first rules have three columns, the second, with step-free homes first to those who need them, four
  const ruleHolds = t => { const n = { 'anju-draw/1': 3, 'anju-draw/2': 4 }[t.rule]; return [...lines(t.entrants), ...lines(t.homes)].every(l => l.length === n); };
  const encode = sources => sources.flatMap(s => s.drums).map(d => [...d].sort((a, b) => a - b).map(n => `${n}.`).join('') + '/').join('');

  // holders whose secret fits the commitment; a missing one is dropped, which the transcript says by an empty secret
  const openSecrets = t => t.holders.map(h => ({ ...h, bytes: unhex(h.secret) })).filter(h => h.bytes && h.bytes.length === 32 && hex(sha256(h.bytes)) === h.commitment);
  const commitmentsHold = t => t.holders.every(h => h.secret === '' || (unhex(h.secret) !== null && hex(sha256(unhex(h.secret))) === h.commitment));
  const seed = t => hmac(join(unhex(digest(t.entrants)), ...openSecrets(t).map(h => h.bytes)), utf8(encode(t.sources)));

  const keys = t => {
    if (t.method !== 'draw') return new Map(lines(t.basis).map(l => [l[0], l.slice(1).join('\t')]));
    const s = seed(t);
    return new Map(entrants(t).map(e => [e.number, hex(hmac(s, join(utf8(e.number), new Uint8Array([1]))))]));
  };
  const order = t => {
    const k = keys(t);
    return entrants(t).sort((a, b) => a.group - b.group || bytesBefore(k.get(a.number), k.get(b.number)) || bytesBefore(a.number, b.number)).map(e => e.number);
  };

  // each gets its first wish that nobody with a better right holds; the better right is the earlier place; for a step-free home those who need one come first, for a reserved home its group
  const allot = (t, ranking) => {
    const rows = new Map(entrants(t).map(e => [e.number, e])), offered = new Map(homes(t).map(h => [h.label, h]));
    const place = new Map(ranking.map((n, i) => [n, i])), tried = new Map(ranking.map(n => [n, 0])), held = new Map(), waiting = [...ranking].reverse();
    const better = (label, a, b) => {
      const h = offered.get(label), out = n => (h.reserved !== null && rows.get(n).group !== h.reserved ? 1 : 0), needless = n => (h.stepFree && !rows.get(n).needs ? 1 : 0);
      return needless(a) - needless(b) || out(a) - out(b) || place.get(a) - place.get(b);
    };
    while (waiting.length) {
      const number = waiting.pop(), wishes = rows.get(number).wishes, at = tried.get(number);
      if (at === wishes.length) continue;
      const label = wishes[at]; tried.set(number, at + 1);
      if (!offered.has(label)) waiting.push(number);
      else if (!held.has(label) || better(label, number, held.get(label)) < 0) { if (held.has(label)) waiting.push(held.get(label)); held.set(label, number); } else waiting.push(number);
    }
    return new Map([...held].map(([label, number]) => [number, label]));
  };

  const same = (a, b) => a.length === b.length && a.every((v, i) => v === b[i]);
  const STEPS = {
    lists: t => ruleHolds(t) && digest(t.entrants) === t.entrants_sha256 && digest(t.homes) === t.homes_sha256,
    secrets: t => t.method !== 'draw' ? digest(t.basis) === t.basis_sha256 : commitmentsHold(t),
    values: t => t.method !== 'draw' || (t.sources.length > 0 && encode(t.sources) === t.values && hex(seed(t)) === t.prk),
    order: t => same(order(t), t.order),
    allotment: t => { const mine = allot(t, order(t)), said = Object.entries(t.allotment); return said.length === mine.size && said.every(([n, l]) => mine.get(n) === l); },
  };
  const step = (name, t) => { try { return STEPS[name](t) === true; } catch { return false; } };
  return { step, steps: Object.keys(STEPS), order, allot, digest };
})();
if (typeof module !== 'undefined') module.exports = anjuDraw;
if (typeof document !== 'undefined') (() => {
  'use strict';
  const button = document.querySelector('[data-verify]'); if (!button) return;
  const mark = (name, good) => {
    const m = document.querySelector(`[data-step="${name}"] [data-mark]`), use = m.querySelector('use');
    m.className = 'st ' + (good ? 'ok' : 'bad'); use.parentNode.setAttribute('class', 'sh'); use.setAttribute('href', `${document.body.dataset.shapes}#${good ? 'ok' : 'bad'}`); m.lastChild.textContent = good ? '相符' : '不符';
    return good;
  };
  button.addEventListener('click', async () => {
    const out = document.querySelector('[data-verdict]'), from = performance.now();
    button.disabled = true; out.textContent = '正在核验…';
    let text;
    try { const answer = await fetch(button.dataset.verify); if (!answer.ok) throw new Error(String(answer.status)); text = await answer.text(); }
    catch { out.textContent = '没有核验：公布的数据没有取到，请稍后再试，或下载独立核验程序。'; button.disabled = false; return; }
    const t = JSON.parse(text), whole = anjuDraw.digest(text) === button.dataset.sha256;
    const results = anjuDraw.steps.map(name => mark(name, anjuDraw.step(name, t)));
    const good = whole && results.every(Boolean);
    out.className = 'strong ' + (good ? 'c-ok' : 'c-bad');
    out.textContent = good ? `✓ ${results.length} 步全部相符，${t.order.length} 户的次序和 ${Object.keys(t.allotment).length} 套的配房与公布的一致（用时 ${Math.round(performance.now() - from)} 毫秒）`
      : '✕ 有不相符的步骤，请截图并向专班办公室反映';
    button.disabled = false;
  });
})();

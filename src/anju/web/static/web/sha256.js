/* SHA-256 and HMAC-SHA-256 in plain JavaScript (FIPS 180-4, RFC 2104). A page served over plain HTTP has no crypto.subtle, and the draw
   must be verifiable there too. Bytes in, bytes out. */
const anjuHash = (() => {
  'use strict';
  // the first 32 bits of the fractional parts of the cube roots of the first 64 primes, and of the square roots of the first 8
  const primes = []; for (let n = 2; primes.length < 64; n++) if (primes.every(p => n % p)) primes.push(n);
  // by integers, since a float's root is not exact to the last bit everywhere
  const root = (value, power) => { let lo = 0n, hi = 1n << 40n; while (lo < hi) { const mid = (lo + hi + 1n) >> 1n; if (mid ** power <= value) lo = mid; else hi = mid - 1n; } return lo; };
  const K = primes.map(p => Number(root(BigInt(p) << 96n, 3n) & 0xffffffffn)), H0 = primes.slice(0, 8).map(p => Number(root(BigInt(p) << 64n, 2n) & 0xffffffffn));
  const rotr = (x, n) => (x >>> n) | (x << (32 - n));

  const sha256 = bytes => {
    const length = bytes.length, blocks = (length + 72) >>> 6, data = new Uint8Array(blocks * 64), view = new DataView(data.buffer);
    data.set(bytes); data[length] = 0x80;
    view.setUint32(data.length - 8, Math.floor(length / 0x20000000)); view.setUint32(data.length - 4, (length << 3) >>> 0);
    const h = Uint32Array.from(H0), w = new Uint32Array(64);
    for (let at = 0; at < data.length; at += 64) {
      for (let i = 0; i < 16; i++) w[i] = view.getUint32(at + 4 * i);
      for (let i = 16; i < 64; i++) {
        const a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (rotr(a, 7) ^ rotr(a, 18) ^ (a >>> 3)) + w[i - 7] + (rotr(b, 17) ^ rotr(b, 19) ^ (b >>> 10));
      }
      let [a, b, c, d, e, f, g, k] = h;
      for (let i = 0; i < 64; i++) {
        const t1 = (k + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
        const t2 = ((rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        k = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
      }
      [a, b, c, d, e, f, g, k].forEach((v, i) => { h[i] += v; });
    }
    const out = new Uint8Array(32), outView = new DataView(out.buffer);
    h.forEach((v, i) => outView.setUint32(4 * i, v));
    return out;
  };
  const join = (...parts) => { const out = new Uint8Array(parts.reduce((s, p) => s + p.length, 0)); let at = 0; parts.forEach(p => { out.set(p, at); at += p.length; }); return out; };
  const hmac = (key, message) => {
    const k = new Uint8Array(64); k.set(key.length > 64 ? sha256(key) : key);
    return sha256(join(k.map(b => b ^ 0x5c), sha256(join(k.map(b => b ^ 0x36), message))));
  };
  const hex = bytes => [...bytes].map(b => b.toString(16).padStart(2, '0')).join('');
  const unhex = text => /^([0-9a-f]{2})*$/.test(text) ? Uint8Array.from(text.match(/../g) || [], p => parseInt(p, 16)) : null;
  const utf8 = text => new TextEncoder().encode(text);
  return { sha256, hmac, join, hex, unhex, utf8 };
})();
if (typeof module !== 'undefined') module.exports = anjuHash;

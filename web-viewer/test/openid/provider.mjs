/**
 * An OpenID provider for the tests: oidc-provider, a certified implementation, on a port of the loopback.
 *
 *   node test/openid/provider.mjs PORT
 *
 * Beside its own doors it has three for the test:
 *   POST /test/begin {redirect, tamper?, keys?}  starts it anew for one redirect URI; keys: "kept" or "new"
 *   GET  /test/token?kind=K                      a program's token, right ("good") or wrong in one way
 *   GET  /test/asked                             how often its keys were asked for
 */
import { createServer } from 'node:http';
import * as jose from 'jose';
import { Provider } from 'oidc-provider';

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const audience = 'https://images.example.org';

/** Who can sign in, by what is typed as login. */
const people = {
  zhang: { preferred_username: 'zhang.san', groups: ['imaging', 'wards'] },
  keeper: { preferred_username: 'keeper', groups: ['it-security'] },
  nobody: { preferred_username: 'nobody', groups: ['canteen'] },
  nameless: { preferred_username: 'two words', groups: ['imaging'] },
};

let keys;
let provider;
let tamper;
let keysAsked = 0;

async function makeKeys() {
  const pairs = [['RS256', 'rsa'], ['ES256', 'ec']].map(async ([alg, name]) => {
    const { privateKey } = await jose.generateKeyPair(alg, { extractable: true });
    return { ...(await jose.exportJWK(privateKey)), alg, use: 'sig', kid: `${name}-${Date.now()}` };
  });
  return Promise.all(pairs);
}

async function begin({ redirect, tamper: how, keys: which = 'kept' }) {
  if (!keys || which === 'new') keys = await makeKeys();
  tamper = how;
  const client = (id, rest) => ({ client_id: id, client_secret: 'a secret of 43 letters, + / : & among them.', ...rest });
  const forPrograms = { scope: 'yingyun:query yingyun:retrieve', audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
  provider = new Provider(issuer, {
    jwks: { keys },
    cookies: { keys: ['for tests'] },
    clients: [
      client('yingyun', { redirect_uris: [redirect], grant_types: ['authorization_code'], response_types: ['code'] }),
      client('gateway', { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }),
    ],
    claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
    pkce: { required: () => true },
    findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_, { clientId }) => (clientId === 'gateway' ? audience : undefined),
        getResourceServerInfo: () => forPrograms,
        useGrantedResource: () => true,
      },
    },
  });
}

/** Signs what a token says, wrongly in one way. */
async function forge(kind, claims) {
  const now = Math.floor(Date.now() / 1000);
  const [rsa, ec] = keys;
  const sign = (payload, { key = rsa, ...head } = {}) =>
    new jose.SignJWT(payload).setProtectedHeader({ alg: key.alg, kid: key.kid, ...head }).sign(key);
  const endless = { ...claims };
  delete endless.exp;
  const part = (value) => jose.base64url.encode(JSON.stringify(value));
  switch (kind) {
    case 'good':
      return sign(claims);
    case 'good-curve':
      return sign(claims, { key: ec });
    case 'audience':
      return sign({ ...claims, aud: 'https://elsewhere.example.org' });
    case 'issuer':
      return sign({ ...claims, iss: 'https://elsewhere.example.org' });
    case 'issuers':
      return sign({ ...claims, iss: [issuer, 'https://elsewhere.example.org'] });
    case 'nonce':
      return sign({ ...claims, nonce: 'of another question' });
    case 'party':
      return sign({ ...claims, azp: 'another-client' });
    case 'subject':
      return sign({ ...claims, sub: 'keeper' });
    case 'expired':
      return sign({ ...claims, exp: now - 120 });
    case 'early':
      return sign({ ...claims, nbf: now + 300 });
    case 'endless':
      return sign(endless);
    case 'critical':
      return sign(claims, { crit: ['b64'], b64: true });
    case 'kind':
      return sign(claims, { typ: 'logout+jwt' });
    case 'none':
      return `${part({ alg: 'none' })}.${part(claims)}.`;
    case 'unsigned':
      return `${part({ alg: rsa.alg, kid: rsa.kid })}.${part(claims)}.`;
    case 'confused-pem':
    case 'confused-jwk': {
      // The public key, which everybody knows, taken for a shared secret.
      const { n, e, kty } = rsa;
      const known = await jose.importJWK({ n, e, kty }, rsa.alg);
      const secret = kind === 'confused-pem' ? new TextEncoder().encode(await jose.exportSPKI(known)) : jose.base64url.decode(n);
      return new jose.SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: rsa.kid }).sign(secret);
    }
    case 'stranger':
    case 'stranger-named': {
      const [own] = await makeKeys();
      return sign(claims, { key: own, kid: kind === 'stranger' ? 'nobody-knows-it' : rsa.kid });
    }
    case 'brought': {
      // Signed by a key that it brings along.
      const [own] = await makeKeys();
      const { n, e, kty } = own;
      return sign(claims, { key: own, kid: rsa.kid, jwk: { n, e, kty }, jku: `${issuer}/test/keys` });
    }
    case 'altered': {
      const [head, , signature] = (await sign(claims)).split('.');
      return [head, part({ ...claims, scope: 'yingyun:store yingyun:delete' }), signature].join('.');
    }
    default:
      throw new Error(`no such kind: ${kind}`);
  }
}

function forProgram(query) {
  const now = Math.floor(Date.now() / 1000);
  const scope = query.get('scope') ?? 'yingyun:query';
  const claims = { iss: issuer, aud: audience, sub: 'gateway', client_id: 'gateway', scope, iat: now, exp: now + 300 };
  return forge(query.get('kind'), claims);
}

/** Puts another ID token into the answer of the token endpoint. */
function tamperWith(response, kind) {
  const end = response.end.bind(response);
  response.end = (body) => {
    const answer = JSON.parse(body);
    void forge(kind, jose.decodeJwt(answer.id_token)).then((token) => {
      const text = JSON.stringify({ ...answer, id_token: token });
      response.setHeader('content-length', Buffer.byteLength(text));
      end(text);
    });
  };
}

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, issuer);
  if (pathname === '/test/begin') {
    await begin(await body(request));
    response.end('begun');
  } else if (pathname === '/test/token') {
    response.end(await forProgram(searchParams));
  } else if (pathname === '/test/asked') {
    response.end(String(keysAsked));
  } else {
    if (pathname === '/jwks') keysAsked += 1;
    if (pathname === '/token' && tamper) tamperWith(response, tamper);
    await provider.callback()(request, response);
  }
}

await begin({ redirect: 'http://127.0.0.1/none' });
createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
}).listen(port, '127.0.0.1', () => process.stdout.write('listening\n'));

/** OHIF's built files on an origin of their own, with a data source that names the archive (docs/ohif.md). */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { archive } from './archive';

const dist = resolve(import.meta.dirname, '../../../.ohif/dist');

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.json': 'application/json', '.png': 'image/png',
};

/** Text of `app-config.js`; `root` is where DICOMweb is asked: the archive itself, or this site that hands on. */
function configuration(root: string): string {
  const source = {
    namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
    sourceName: 'yingyun',
    configuration: {
      friendlyName: 'Yingyun', name: 'yingyun', qidoRoot: `${root}/dicom-web`, wadoRoot: `${root}/dicom-web`, wadoUriRoot: `${root}/wado`,
      qidoSupportsIncludeField: true, supportsFuzzyMatching: true, supportsWildcard: true, supportsReject: false, supportsStow: true,
      imageRendering: 'wadors', thumbnailRendering: 'wadors', enableStudyLazyLoad: true, singlepart: 'bulkdata,video', bulkDataURI: { enabled: true },
    },
  };
  const app = {
    routerBasename: '/', extensions: [], modes: [], showStudyList: true, maxNumberOfWebWorkers: 2, showWarningMessageForCrossOrigin: false, showCPUFallbackMessage: false,
    strictZSpacingForVolumeViewport: true, showErrorDetails: 'always', investigationalUseDialog: { option: 'never' },
    maxNumRequests: { interaction: 100, thumbnail: 5, prefetch: 25 }, defaultDataSourceName: 'yingyun', dataSources: [source],
  };
  return `window.config = ${JSON.stringify(app)};`;
}

async function answer(asked: IncomingMessage, reply: ServerResponse, config: string): Promise<void> {
  const path = new URL(asked.url ?? '/', 'http://site').pathname;
  if (path.startsWith('/dicom-web/')) {
    handOn(asked, reply);
    return;
  }
  if (path === '/app-config.js') {
    reply.writeHead(200, { 'Content-Type': 'text/javascript' }).end(config);
    return;
  }
  const wanted = join(dist, decodeURIComponent(path));
  const found = (await stat(wanted).catch(() => undefined))?.isFile() ? wanted : join(dist, 'index.html');
  reply.writeHead(200, { 'Content-Type': types[extname(found)] ?? 'application/octet-stream' });
  createReadStream(found).pipe(reply);
}

/** What a reverse proxy before both does. */
function handOn(asked: IncomingMessage, reply: ServerResponse): void {
  const to = request(new URL(asked.url ?? '/', archive), { method: asked.method, headers: asked.headers }, (from) => {
    reply.writeHead(from.statusCode ?? 502, from.headers);
    from.pipe(reply);
  });
  to.on('error', () => reply.destroy());
  asked.pipe(to);
}

export interface Site {
  /** Where OHIF is. */
  readonly origin: string;
  /** Where it asks for DICOMweb. */
  readonly root: string;
  readonly close: () => void;
}

/** Serves OHIF on a port of loopback; `direct`: it asks the archive on the archive's own origin. */
export async function serve(direct: boolean, port: number): Promise<Site> {
  await stat(join(dist, 'index.html')).catch(() => {
    throw new Error('OHIF is not there: `make deps` fetches it');
  });
  let config = '';
  const server: Server = createServer((asked, reply) => {
    answer(asked, reply, config).catch(() => reply.destroy());
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const root = direct ? archive : origin;
  config = configuration(root);
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { origin, root, close };
}

/** What the specs need around them: the server's address, a way to send a study, a Chromium. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';
import type { Study } from './phantom';

/** The server under test, as in `YINGYUN_URL=http://127.0.0.1:8080`. */
export const url = (process.env['YINGYUN_URL'] ?? 'http://127.0.0.1:8080').replace(/\/$/, '');

/** `host:port` of its DICOM side; without it studies are sent by STOW-RS. */
const dicom = process.env['YINGYUN_DICOM'];
const title = process.env['YINGYUN_AET'] ?? 'YINGYUN';

export async function send(study: Study): Promise<void> {
  await (dicom ? sendByStore(study, dicom) : sendByStow(study));
}

async function sendByStore(study: Study, peer: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'viewer-e2e-'));
  try {
    await Promise.all(study.files.map((bytes, index) => writeFile(join(folder, `${index}.dcm`), bytes)));
    const [host = '', port = ''] = peer.split(':');
    await promisify(execFile)('dcmsend', ['-aec', title, host, port, '+sd', folder]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function sendByStow(study: Study): Promise<void> {
  const boundary = 'yingyun-viewer-e2e';
  const parts = study.files.flatMap((bytes) => [Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`), bytes, Buffer.from('\r\n')]);
  const response = await fetch(`${url}/dicom-web/studies`, {
    method: 'POST',
    headers: { 'Content-Type': `multipart/related; type="application/dicom"; boundary=${boundary}`, Accept: 'application/dicom+json' },
    body: new Uint8Array(Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)])),
  });
  if (!response.ok) throw new Error(`STOW-RS of the phantom: ${response.status} ${await response.text()}`);
}

/** Debian's Chromium with software GL; CHROMIUM names another. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist', '--disable-quic',
      '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  });
}

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { answerOf } from '../../src/api/stow';
import { fileHead, headLength } from '../../src/dicom/part10';
import { batches } from '../../src/routes/worklist/upload/batches';
import { looked, type Found, type Sendable } from '../../src/routes/worklist/upload/intake';
import { outcomes } from '../../src/routes/worklist/upload/outcome';
import { reasonOf } from '../../src/routes/worklist/upload/reasons';
import { makeStudy } from '../e2e/phantom';
import { zip } from '../zip';

const study = makeStudy();
const image = study.files[0] as Buffer;

async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of from) found.push(item);
  return found;
}

const look = (path: string, bytes: Buffer): Promise<Found[]> => all(looked({ path, file: new File([new Uint8Array(bytes)], path) }));
const told = (found: readonly Found[]): string[] => found.map((item) => `${item.path}: ${'content' in item ? item.sop : item.problem}`);

describe('the head of a file', () => {
  it('tells class and instance (PS3.10 §7.1)', () => {
    expect(fileHead(image.subarray(0, headLength))).toEqual({ sopClass: '1.2.840.10008.5.1.4.1.1.2', sop: `${study.uid}.1.1` });
  });

  it('is of no DICOM file without its prefix, and tells nothing where it is cut', () => {
    expect(fileHead(Buffer.from('%PDF-1.7'))).toBeUndefined();
    expect(fileHead(image.subarray(0, 140))).toEqual({ sopClass: '', sop: '' });
  });
});

describe('what is chosen', () => {
  it('is sent where it is DICOM, and named where it is not', async () => {
    expect(told(await look('a/1', image))).toEqual([`a/1: ${study.uid}.1.1`]);
    expect(told(await look('a/readme', Buffer.from('hello')))).toEqual(['a/readme: notDicom']);
    expect(told(await all(looked({ path: 'locked', file: undefined })))).toEqual(['locked: unread']);
  });

  it('may be an archive, packed in any of the usual ways', async () => {
    const archive = zip([
      { name: Buffer.from('DICOM/1.dcm'), content: image },
      { name: Buffer.from('2.dcm'), content: study.files[1] as Buffer, deflated: false },
      { name: Buffer.from('3.dcm'), content: study.files[2] as Buffer, described: true },
      { name: Buffer.from('d5c5c8fd2f34', 'hex'), content: study.files[3] as Buffer },
      { name: Buffer.from('readme.txt'), content: Buffer.from('hello') },
    ]);
    const found = await look('all.zip', archive);
    expect(told(found)).toEqual([
      `all.zip/DICOM/1.dcm: ${study.uid}.1.1`, `all.zip/2.dcm: ${study.uid}.1.2`, `all.zip/3.dcm: ${study.uid}.1.3`, `all.zip/张三/4: ${study.uid}.1.4`, 'all.zip/readme.txt: notDicom',
    ]);
    const [first] = found as Sendable[];
    expect(Buffer.from(await (first as Sendable).content.arrayBuffer())).toEqual(image);
  });

  it('says so where an archive is damaged, and keeps what came before', async () => {
    const archive = zip([{ name: Buffer.from('1'), content: image }, { name: Buffer.from('2'), content: randomBytes(200_000) }]);
    expect(told(await look('cut.zip', archive.subarray(0, archive.length - 100_000)))).toEqual([`cut.zip/1: ${study.uid}.1.1`, 'cut.zip: zip']);
  });
});

describe('requests', () => {
  it('hold so many bytes and files, and a longer file goes alone', async () => {
    const files = [3, 3, 3, 9, 1, 1, 1, 1].map((size): Sendable => ({ path: '', weight: size, sop: '', content: new Blob([new Uint8Array(size)]) }));
    const groups = await all(batches((async function* () { yield* files; })(), { bytes: 6, files: 3 }));
    expect(groups.map((group) => group.map(({ weight }) => weight))).toEqual([[3, 3], [3], [9], [1, 1, 1], [1]]);
  });
});

describe('an answer to a store (PS3.18 Table I.1-1)', () => {
  const refused = (code: number, sop = ''): { sop: string; code: number } => ({ sop, code });

  it('is read from DICOM JSON, and is none without its sequences', () => {
    const item = (sop: string): unknown => ({ '00081155': { vr: 'UI', Value: [sop] } });
    const body = {
      '00081199': { vr: 'SQ', Value: [item('1')] },
      '00081198': { vr: 'SQ', Value: [{ ...(item('2') as object), '00081197': { vr: 'US', Value: [0xa900] } }] },
      '0008119A': { vr: 'SQ', Value: [{ '00081197': { vr: 'US', Value: [0xc000] } }] },
    };
    expect(answerOf(JSON.stringify(body))).toEqual({ stored: ['1'], refused: [refused(0xa900, '2'), refused(0xc000)] });
    expect(answerOf('{"message":"too long"}')).toBeUndefined();
    expect(answerOf('<html>')).toBeUndefined();
  });

  it('tells of each file by its instance', () => {
    expect(outcomes(['1', '2', '3'], { stored: ['3', '1'], refused: [refused(0xa700, '2')] })).toEqual(['stored', 0xa700, 'stored']);
    expect(outcomes(['1', '1'], { stored: ['1'], refused: [refused(0x110, '1')] })).toEqual(['stored', 0x110]);
  });

  it('tells what nothing is named of to the files that are left, in order', () => {
    expect(outcomes(['1', '', '3'], { stored: ['1'], refused: [refused(0xc000), refused(0xa900, '9')] })).toEqual(['stored', 0xc000, 0xa900]);
    expect(outcomes(['1', '2'], { stored: ['7', '1'], refused: [] })).toEqual(['stored', 'stored']);
    expect(outcomes(['1', '2'], { stored: ['1'], refused: [] })).toEqual(['stored', undefined]);
  });

  it('gives reasons their meaning (PS3.18 Table I.2-2, PS3.4 Table B.2-1)', () => {
    expect([0xa700, 0xa7ff, 0xa900, 0xc000, 0xc122, 0xcfff, 0x0110, 0x0111, 0x0117, 0x0122, 0x0124, 0x9999].map(reasonOf)).toEqual([
      'resources', 'resources', 'mismatch', 'unreadable', 'syntax', 'unreadable', 'processing', 'duplicate', 'invalid', 'class', 'denied', 'unknown',
    ]);
  });
});

/** Zip archives made by hand (PKWARE APPNOTE 4.3), so that no library reads what it wrote itself. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface Packed {
  /** The name as bytes: UTF-8, or what an older system would write. */
  readonly name: Buffer;
  readonly content: Buffer;
  /** Compression method 8, or 0: as it is. */
  readonly deflated?: boolean;
  /** Lengths stand behind the content (bit 3), as streaming writers do. */
  readonly described?: boolean;
}

export function zip(files: readonly Packed[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content, deflated = true, described = false } of files) {
    const data = deflated ? deflateRawSync(content) : content;
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32LE(crc32(content), 0);
    sizes.writeUInt32LE(data.length, 4);
    sizes.writeUInt32LE(content.length, 8);
    // Version, flags, method, time and date: those that both headers share.
    const common = Buffer.alloc(10);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(described ? 8 : 0, 2);
    common.writeUInt16LE(deflated ? 8 : 0, 4);
    const lengths = Buffer.alloc(4);
    lengths.writeUInt16LE(name.length, 0);
    const local = [Buffer.from('504b0304', 'hex'), common, described ? Buffer.alloc(12) : sizes, lengths, name, data];
    if (described) local.push(Buffer.from('504b0708', 'hex'), sizes);
    const at = Buffer.alloc(14);
    at.writeUInt32LE(offset, 10);
    central.push(Buffer.from('504b01021400', 'hex'), common, sizes, lengths, at, name);
    locals.push(...local);
    offset += local.reduce((sum, part) => sum + part.length, 0);
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('504b0506', 'hex'), end]);
}

/** What somebody drops or chooses. */

export interface Dropped {
  readonly entries: readonly FileSystemEntry[];
  readonly files: readonly File[];
}

/** To be called while the drop is handled: after it, the browser takes its content away. */
export function droppedIn(transfer: DataTransfer): Dropped {
  const entries = [...transfer.items].flatMap((item) => (item.kind === 'file' ? (item.webkitGetAsEntry() ?? []) : []));
  return entries.length > 0 ? { entries, files: [] } : { entries: [], files: [...transfer.files] };
}

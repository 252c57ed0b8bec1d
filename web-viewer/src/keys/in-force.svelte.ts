/** The tables of keys as a user changed them. */

/** Key, as `chordOf` names it → action. */
export type Table<A extends string = string> = Readonly<Record<string, A>>;

class InForce {
  /** In the place of tables that were changed. */
  tables = $state.raw<ReadonlyMap<Table, Table>>(new Map());
}

export const inForce = new InForce();

/** What stands for a table now. */
export function tableInForce<A extends string>(table: Table<A>): Table<A> {
  return (inForce.tables.get(table) ?? table) as Table<A>;
}

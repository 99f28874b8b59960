import { type DecodedArray, parquetMetadata, parquetRead, type SchemaElement } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { type ColumnType, type RowColumns, rowColumns } from '../../domain/kpi/row.ts'

/** Each type as Parquet has it: decimals and instants are whole numbers of their smallest unit. */
const forms = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  timestamp: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
  int: { type: 'INT32' },
  'decimal(18,6)': { type: 'INT64', converted_type: 'DECIMAL', precision: 18, scale: 6 },
  // As many bytes as 38 digits need.
  'decimal(38,4)': {
    type: 'FIXED_LEN_BYTE_ARRAY',
    type_length: 16,
    converted_type: 'DECIMAL',
    precision: 38,
    scale: 4,
  },
} as const satisfies Readonly<Record<ColumnType, Omit<SchemaElement, 'name'>>>

const schema: SchemaElement[] = [
  { name: 'rows', num_children: rowColumns.length },
  ...rowColumns.map(
    ({ name, type, nullable }): SchemaElement => ({
      name,
      repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED',
      ...forms[type],
    }),
  ),
]

type Values = ArrayLike<unknown>

/** Parquet's decimals take the whole number of their last place from a `bigint` alone. */
const toFile = (type: ColumnType, values: Values): DecodedArray => {
  switch (type) {
    case 'decimal(18,6)':
      return Array.from(values, (value) => (typeof value === 'number' ? BigInt(value) : null))
    case 'string':
    case 'timestamp':
    case 'int':
    case 'decimal(38,4)':
      return Array.from(values)
    default:
      return type satisfies never
  }
}

/** A big-endian number in two's complement. */
const wholeNumber = (bytes: Uint8Array): bigint => {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return BigInt.asIntN(8 * bytes.length, value)
}

const fromFile = (type: ColumnType, value: unknown): unknown => {
  if (value === null || value === undefined) return null
  switch (type) {
    case 'timestamp':
    case 'decimal(18,6)':
      return Number(value)
    case 'decimal(38,4)':
      return value instanceof Uint8Array ? wholeNumber(value) : value
    case 'string':
    case 'int':
      return value
    default:
      return type satisfies never
  }
}

/** Rows for each group of a file: what is decoded at once. */
const rowsInGroup = 250_000

/** Under what the file of moving rows keeps the fingerprints of the settled ones. */
const fingerprintsKey = 'settled'

/** Rows as a Parquet file. @param fingerprints of settled rows that stand elsewhere. */
export const writeRows = (
  columns: RowColumns,
  fingerprints: ReadonlyMap<string, string> = new Map(),
): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    parquetWriteBuffer({
      schema,
      columnData: rowColumns.map(({ name, type }) => ({
        name,
        data: toFile(type, columns[name]),
        // Instants hardly repeat, and those of a lead lie near to each other.
        ...(type === 'timestamp' && { encoding: 'DELTA_BINARY_PACKED' as const }),
      })),
      rowGroupSize: rowsInGroup,
      kvMetadata: [{ key: fingerprintsKey, value: JSON.stringify(Object.fromEntries(fingerprints)) }],
      // Each file holds leads and times of all kinds: the least and the greatest of a column let nobody pass one over.
      statistics: false,
    }),
  )

/** Numbers as they stand in the file: as what they count is known here, and a library would make fractions of them. */
const asStored = ({ converted_type: converted, ...element }: SchemaElement): SchemaElement =>
  converted === 'UTF8' ? { ...element, converted_type: converted } : element

const bufferOf = (bytes: Uint8Array): ArrayBuffer =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer

/** The fingerprints that were written with the rows. @throws where it is no file of rows. */
export const fingerprintsIn = (bytes: Uint8Array): ReadonlyMap<string, string> => {
  const { key_value_metadata: notes = [] } = parquetMetadata(bufferOf(bytes))
  const told = notes.find(({ key }) => key === fingerprintsKey)?.value
  return new Map(Object.entries(JSON.parse(told ?? '{}')))
}

/** @throws where it is no file of rows. */
export const readRows = async (bytes: Uint8Array): Promise<RowColumns> => {
  const file = bufferOf(bytes)
  const metadata = parquetMetadata(file)
  const count = Number(metadata.num_rows)
  const columns = new Map(rowColumns.map(({ name }): [string, unknown[]] => [name, new Array(count)]))
  const types = new Map<string, ColumnType>(rowColumns.map(({ name, type }) => [name, type]))
  await parquetRead({
    file,
    metadata: { ...metadata, schema: metadata.schema.map(asStored) },
    columns: [...columns.keys()],
    onChunk: ({ columnName, columnData, rowStart }) => {
      const into = columns.get(columnName)
      const type = types.get(columnName)
      if (!into || !type) return
      for (let index = 0; index < columnData.length; index += 1)
        into[rowStart + index] = fromFile(type, columnData[index])
    },
  })
  // The columns are those that are named, and hold what their types say.
  return Object.fromEntries(columns) as unknown as RowColumns
}

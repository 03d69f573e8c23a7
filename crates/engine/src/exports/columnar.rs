//! Rows to Parquet, a row group at a time.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use serde_json::Value;

use super::{Column, ColumnKind, Row};

/// How many rows a row group has, at least; the last one may have fewer.
const GROUP_ROWS: usize = 10_000;

/// What the library writes into, and we take from.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Rows on the way into a Parquet file.
pub(super) struct Columnar {
    columns: Arc<Vec<Column>>,
    buffer: Buffer,
    writer: SerializedFileWriter<Buffer>,
    held: Vec<Row>,
}

impl Columnar {
    pub(super) fn new(columns: Arc<Vec<Column>>) -> anyhow::Result<Self> {
        let fields = columns.iter().map(|column| Ok(Arc::new(field(column)?)));
        let fields = fields.collect::<anyhow::Result<Vec<_>>>()?;
        let schema = Type::group_type_builder("wend").with_fields(fields).build()?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let buffer = Buffer::default();
        let writer = SerializedFileWriter::new(buffer.clone(), Arc::new(schema), Arc::new(properties))?;
        Ok(Self { columns, buffer, writer, held: Vec::new() })
    }

    /// Takes rows, and answers the bytes that are ready.
    pub(super) fn write(&mut self, rows: &[Row]) -> anyhow::Result<Vec<u8>> {
        self.held.extend_from_slice(rows);
        if self.held.len() >= GROUP_ROWS {
            self.group()?;
        }
        Ok(self.buffer.take())
    }

    pub(super) fn finish(mut self) -> anyhow::Result<Vec<u8>> {
        if !self.held.is_empty() {
            self.group()?;
        }
        self.writer.close()?;
        Ok(self.buffer.take())
    }

    fn group(&mut self) -> anyhow::Result<()> {
        let rows = std::mem::take(&mut self.held);
        let mut group = self.writer.next_row_group()?;
        for (n, column) in self.columns.iter().enumerate() {
            write_column(&mut group, column.kind, rows.iter().map(|row| row.get(n).unwrap_or(&Value::Null)))?;
        }
        group.close()?;
        Ok(())
    }
}

fn field(column: &Column) -> anyhow::Result<Type> {
    let (physical, logical) = match column.kind {
        ColumnKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        ColumnKind::Json => (Physical::BYTE_ARRAY, Some(LogicalType::Json)),
        ColumnKind::Integer => (Physical::INT64, None),
        ColumnKind::Number => (Physical::DOUBLE, None),
        ColumnKind::Boolean => (Physical::BOOLEAN, None),
        ColumnKind::Instant => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
    };
    let builder = Type::primitive_type_builder(&column.name, physical);
    Ok(builder.with_repetition(Repetition::OPTIONAL).with_logical_type(logical).build()?)
}

/// Values that are there, and for each row whether it has one.
fn split<'a, T>(
    values: impl Iterator<Item = &'a Value>,
    read: impl Fn(&'a Value) -> Option<T>,
) -> (Vec<T>, Vec<i16>) {
    let (mut there, mut levels) = (Vec::new(), Vec::new());
    for value in values {
        let value = read(value);
        levels.push(i16::from(value.is_some()));
        there.extend(value);
    }
    (there, levels)
}

fn write_column<'a>(
    group: &mut SerializedRowGroupWriter<'_, Buffer>,
    kind: ColumnKind,
    values: impl Iterator<Item = &'a Value>,
) -> anyhow::Result<()> {
    let mut column = group
        .next_column()?
        .ok_or_else(|| anyhow::anyhow!("a Parquet file has fewer columns than the export"))?;
    match column.untyped() {
        ColumnWriter::BoolColumnWriter(writer) => {
            let (values, levels) = split(values, Value::as_bool);
            writer.write_batch(&values, Some(&levels), None)?;
        }
        ColumnWriter::Int64ColumnWriter(writer) => {
            let (values, levels) = split(values, Value::as_i64);
            writer.write_batch(&values, Some(&levels), None)?;
        }
        ColumnWriter::DoubleColumnWriter(writer) => {
            let (values, levels) = split(values, Value::as_f64);
            writer.write_batch(&values, Some(&levels), None)?;
        }
        ColumnWriter::ByteArrayColumnWriter(writer) => {
            let (values, levels) = split(values, |value| bytes(value, kind));
            writer.write_batch(&values, Some(&levels), None)?;
        }
        _ => anyhow::bail!("a Parquet file has a column of a type that exports don't have"),
    }
    column.close()?;
    Ok(())
}

fn bytes(value: &Value, kind: ColumnKind) -> Option<ByteArray> {
    match (value, kind) {
        (Value::Null, _) => None,
        (Value::String(text), ColumnKind::Text) => Some(ByteArray::from(text.as_str())),
        (value, _) => Some(ByteArray::from(value.to_string().into_bytes())),
    }
}

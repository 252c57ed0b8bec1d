//! DICOM JSON as a schema (PS3.18 §F.2).

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ArrayBuilder, Object, ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema, Type,
        schema::{AdditionalProperties, AnyOfBuilder},
    },
};

/// A data set (PS3.18 §F.2.2).
pub(crate) struct DicomJson(());

impl ToSchema for DicomJson {}

impl PartialSchema for DicomJson {
    fn schema() -> RefOr<Schema> {
        let attribute = Ref::from_schema_name(DicomAttribute::name());
        ObjectBuilder::new()
            .description(Some("A data set: attributes by tag"))
            .property_names(Some(text("^[0-9A-F]{8}$")))
            .additional_properties(Some(attribute))
            .into()
    }
}

/// An attribute: its values, its bytes, where they lie, or nothing (PS3.18 §F.2.2, §F.2.5–§F.2.7).
pub(crate) struct DicomAttribute(());

impl ToSchema for DicomAttribute {}

impl PartialSchema for DicomAttribute {
    fn schema() -> RefOr<Schema> {
        let empty = || closed().property("vr", text("^[A-Z]{2}$")).required("vr");
        let with =
            |name: &str, schema: RefOr<Schema>| empty().property(name, schema).required(name);
        let values = ArrayBuilder::new().items(value());
        OneOfBuilder::new()
            .description(Some(
                "An attribute: values, bytes, where bytes lie, or nothing",
            ))
            .item(empty())
            .item(with("Value", values.into()))
            .item(with("InlineBinary", text("^[A-Za-z0-9+/]*={0,2}$").into()))
            .item(with("BulkDataURI", text(".").into()))
            .into()
    }
}

/// One value: of several an empty one is null (PS3.18 §F.2.5), of a sequence it is an item.
fn value() -> RefOr<Schema> {
    let groups = ["Alphabetic", "Ideographic", "Phonetic"];
    let name = |name: ObjectBuilder, group: &&str| name.property(*group, text(""));
    AnyOfBuilder::new()
        .item(ObjectBuilder::new().schema_type(Type::Null))
        .item(text(""))
        .item(ObjectBuilder::new().schema_type(Type::Number))
        .item(groups.iter().fold(closed(), name))
        .item(Ref::from_schema_name(DicomJson::name()))
        .into()
}

/// An object that has no other members than are named.
fn closed() -> ObjectBuilder {
    ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(false)))
}

/// A text that looks like `pattern`; any for none.
fn text(pattern: &str) -> Object {
    let pattern = (!pattern.is_empty()).then_some(pattern);
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.pattern(pattern).build()
}

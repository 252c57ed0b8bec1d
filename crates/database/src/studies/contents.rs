//! What the shown instances of a series are made of, kept beside the series.

use crate::{
    DatabaseError,
    sql::{Bind, Connection},
};

/// Writes the contents of a series anew; `series` is institution, study and series.
pub(crate) async fn refresh(
    connection: &mut Connection<'_>,
    series: &[Bind],
) -> Result<(), DatabaseError> {
    let clear = "DELETE FROM series_contents WHERE institution_id = $1 AND study_uid = $2 AND \
                 series_uid = $3";
    connection.execute(clear, series.to_vec()).await?;
    let fill = "INSERT INTO series_contents (institution_id, study_uid, series_uid, sop_class, \
                transfer_syntax, instances) SELECT institution_id, study_uid, series_uid, \
                sop_class, transfer_syntax, COUNT(*) FROM instances WHERE institution_id = $1 AND \
                study_uid = $2 AND series_uid = $3 AND state = 'shown' \
                GROUP BY institution_id, study_uid, series_uid, sop_class, transfer_syntax";
    connection.execute(fill, series.to_vec()).await?;
    Ok(())
}

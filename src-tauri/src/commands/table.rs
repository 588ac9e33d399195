//! The review table.

use tauri::State;

use crate::Desk;
use crate::border::{
    Block, BlockTexts, CellEdit, CellReading, EditOutcome, Failure, PasteOutcome, RowWindow, TableShape, View,
};

/// Columns and counts of the table, and how many rows `view` has: afresh, or as it was `kept` when it was last asked for.
#[tauri::command]
pub(crate) async fn table_shape(
    desk: State<'_, Desk>,
    view: View,
    kept: bool,
) -> Result<TableShape, Failure> {
    desk.run(move |desk| desk.table()?.shape(&view, kept)).await
}

/// The rows `offset .. offset + limit` of `view`.
#[tauri::command]
pub(crate) async fn table_window(
    desk: State<'_, Desk>,
    view: View,
    offset: u32,
    limit: u32,
) -> Result<RowWindow, Failure> {
    desk.run(move |desk| desk.table()?.window(&view, offset, limit))
        .await
}

/// The texts of a block of cells, for the clipboard.
#[tauri::command]
pub(crate) async fn table_block(
    desk: State<'_, Desk>,
    view: View,
    block: Block,
) -> Result<BlockTexts, Failure> {
    desk.run(move |desk| desk.table()?.block(&view, &block)).await
}

/// How a text would be read in a cell while it is still being typed.
#[tauri::command]
pub(crate) async fn read_cell(desk: State<'_, Desk>, edit: CellEdit) -> Result<CellReading, Failure> {
    desk.run(move |desk| desk.table()?.reading(&edit)).await
}

/// Writes single cells; what is returned is already checked again.
#[tauri::command]
pub(crate) async fn edit_cells(desk: State<'_, Desk>, edits: Vec<CellEdit>) -> Result<EditOutcome, Failure> {
    desk.run(move |desk| desk.table()?.edit(&edits)).await
}

/// Writes a block of texts over the cells of `block`, in the order of `view`.
#[tauri::command]
pub(crate) async fn paste_block(
    desk: State<'_, Desk>,
    view: View,
    block: Block,
    texts: BlockTexts,
) -> Result<PasteOutcome, Failure> {
    desk.run(move |desk| desk.table()?.paste(&view, &block, &texts))
        .await
}

/// Takes the last edit back; `changed` is 0 where there is none.
#[tauri::command]
pub(crate) async fn undo(desk: State<'_, Desk>) -> Result<EditOutcome, Failure> {
    desk.run(|desk| desk.table()?.undo()).await
}

/// Does the last edit that was taken back again.
#[tauri::command]
pub(crate) async fn redo(desk: State<'_, Desk>) -> Result<EditOutcome, Failure> {
    desk.run(|desk| desk.table()?.redo()).await
}

//! The review table. All of these run off the main thread, so that the window never waits for a sort.

use tauri::State;

use crate::Desk;
use crate::border::{
    Block, BlockTexts, CellEdit, EditOutcome, Failure, PasteOutcome, RowWindow, TableShape, View,
};

/// Columns and counts of the table, and how many rows `view` has.
#[tauri::command(async)]
pub(crate) fn table_shape(desk: State<'_, Desk>, view: View) -> Result<TableShape, Failure> {
    desk.table()?.shape(&view)
}

/// The rows `offset .. offset + limit` of `view`.
#[tauri::command(async)]
pub(crate) fn table_window(
    desk: State<'_, Desk>,
    view: View,
    offset: u32,
    limit: u32,
) -> Result<RowWindow, Failure> {
    desk.table()?.window(&view, offset, limit)
}

/// The texts of a block of cells, for the clipboard.
#[tauri::command(async)]
pub(crate) fn table_block(desk: State<'_, Desk>, view: View, block: Block) -> Result<BlockTexts, Failure> {
    desk.table()?.block(&view, &block)
}

/// Writes single cells; what is returned is already checked again.
#[tauri::command(async)]
pub(crate) fn edit_cells(desk: State<'_, Desk>, edits: Vec<CellEdit>) -> Result<EditOutcome, Failure> {
    desk.table()?.edit(&edits)
}

/// Writes a block of texts over the cells of `block`, in the order of `view`.
#[tauri::command(async)]
pub(crate) fn paste_block(
    desk: State<'_, Desk>,
    view: View,
    block: Block,
    texts: BlockTexts,
) -> Result<PasteOutcome, Failure> {
    desk.table()?.paste(&view, &block, &texts)
}

/// Takes the last edit back; `changed` is 0 where there is none.
#[tauri::command(async)]
pub(crate) fn undo(desk: State<'_, Desk>) -> Result<EditOutcome, Failure> {
    desk.table()?.undo()
}

/// Does the last edit that was taken back again.
#[tauri::command(async)]
pub(crate) fn redo(desk: State<'_, Desk>) -> Result<EditOutcome, Failure> {
    desk.table()?.redo()
}

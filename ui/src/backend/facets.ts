import type { ColumnFacet } from "../bindings/ColumnFacet";
import type { Facets } from "../bindings/Facets";
import type { NamedView } from "../bindings/NamedView";
import type { View } from "../bindings/View";

/** By what the table can be filtered, and views under names. Every call may be refused with a `Failure`. */
export interface FacetsBackend {
    /** How many rows each further choice would leave. */
    facets(view: View): Promise<Facets>;
    /** The values of a column among the rows that all other filters leave, only those that contain `search`. */
    columnFacet(view: View, column: string, search: string): Promise<ColumnFacet>;
    namedViews(): Promise<NamedView[]>;
    /** Keeps a view under a name; one of the same name is replaced. Gives all of them. */
    putView(name: string, view: unknown): Promise<NamedView[]>;
    removeView(name: string): Promise<NamedView[]>;
}

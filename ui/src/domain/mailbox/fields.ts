import type { LeadField } from "../../bindings/LeadField";

/** The fields of a lead in the order in which people read them. */
export const FIELD_KEYS: readonly LeadField[] = [
    "salutation",
    "title",
    "firstName",
    "lastName",
    "companyName",
    "email",
    "phone",
    "street",
    "postalCode",
    "city",
    "country",
    "course",
    "portal",
    "message",
    "receivedAt",
    "consentGivenAt",
    "externalId",
];

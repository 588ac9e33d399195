// All texts, one file an area of the window and language. A key begins with the name of its area.

import deFrame from "./de/frame.json";
import deStart from "./de/start.json";
import deSources from "./de/sources.json";
import deMapping from "./de/mapping.json";
import deCheck from "./de/check.json";
import deFacets from "./de/facets.json";
import deBulk from "./de/bulk.json";
import deDuplicates from "./de/duplicates.json";
import deApproval from "./de/approval.json";
import dePush from "./de/push.json";
import deAudit from "./de/audit.json";
import deConnections from "./de/connections.json";
import deMailbox from "./de/mailbox.json";
import deSettings from "./de/settings.json";
import enFrame from "./en/frame.json";
import enStart from "./en/start.json";
import enSources from "./en/sources.json";
import enMapping from "./en/mapping.json";
import enCheck from "./en/check.json";
import enFacets from "./en/facets.json";
import enBulk from "./en/bulk.json";
import enDuplicates from "./en/duplicates.json";
import enApproval from "./en/approval.json";
import enPush from "./en/push.json";
import enAudit from "./en/audit.json";
import enConnections from "./en/connections.json";
import enMailbox from "./en/mailbox.json";
import enSettings from "./en/settings.json";

export const de = {
    ...deFrame,
    ...deStart,
    ...deSources,
    ...deMapping,
    ...deCheck,
    ...deFacets,
    ...deBulk,
    ...deDuplicates,
    ...deApproval,
    ...dePush,
    ...deAudit,
    ...deConnections,
    ...deMailbox,
    ...deSettings,
};

export const en = {
    ...enFrame,
    ...enStart,
    ...enSources,
    ...enMapping,
    ...enCheck,
    ...enFacets,
    ...enBulk,
    ...enDuplicates,
    ...enApproval,
    ...enPush,
    ...enAudit,
    ...enConnections,
    ...enMailbox,
    ...enSettings,
};

//! Text that is nobody's message: greetings of teams, signatures, disclaimers, footers.

use std::sync::LazyLock;

use regex::Regex;

/// Lines with which a form or portal speaks of itself, and after which nothing of the person follows.
pub(super) fn is_footer(line: &str) -> bool {
    static FOOTER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)^[^\w©(]*(?:
                dies(?:e|er|es|em)?\ (?:e-?mail|mail|nachricht|anfrage|lead|kontaktanfrage|formular|benachrichtigung|text)\b.*(?:wurde|ist|stammt|kommt|enth[äa]lt|gesendet|generiert|automatisch|erhalten)
                | (?:das|dieses)\ (?:web-?|kontakt)?formular\ (?:auf|von|wurde|unter)\b
                | dies\ ist\ eine\ automatisch
                | (?:this|the\ above)\ (?:e-?mail|message|inquiry|enquiry|notification|form)\b.*(?:was|is|sent|generated|contain|submitted)
                | (?:ce\ (?:message|courriel|mail|e-mail)|cet\ e-?mail)\ (?:a\ [ée]t[ée]|est|provient|contient)
                | (?:questo\ messaggio|questa\ e-?mail)\ (?:[èe]\ |contiene|proviene)
                | sie\ (?:erhalten|haben|bekommen)\ diese\ (?:e-?mail|mail|nachricht|anfrage) | you\ (?:are\ receiving|received|have\ received)\ this
                | bitte\ (?:antworten\ sie\ nicht|beachten\ sie|loggen\ sie|.{0,60}\b(?:interessent|kundin|kunden\b|anfragende|lead\b|auftraggeber))
                | please\ (?:do\ not\ reply|contact\ the|note\ that|respond\ to\ this)
                | (?:veuillez|merci\ de)\ (?:ne\ pas|contacter\ (?:le|la|l))
                | si\ prega\ di\ (?:non\ rispondere|contattare\ (?:il|la|l))
                | view\ (?:contact|submission|entry|lead|in|this)\b | (?:kontakt|eintrag|lead|anfrage)\ (?:jetzt\ )?(?:in|im|bei)\ .*(?:ansehen|anzeigen|[öo]ffnen)
                | klicken\ sie | click\ here | cliquez | hier\ klicken | um\ (?:zu\ antworten|auf\ diese|die\ anfrage)
                | antworten\ sie\ (?:direkt|einfach|nicht)\b | sie\ k[öo]nnen\ (?:direkt\ )?(?:auf\ diese|dem\ interessent|den\ interessent|die\ anfrage)
                | (?:gesendet|verschickt|versendet)\ (?:von|[üu]ber|mit|via)\b | sent\ (?:from|via|by|with)\b | envoy[ée]\ (?:de|depuis|via) | inviato\ (?:da|tramite)
                | von\ meinem\ (?:iphone|ipad|smartphone|handy) | diese\ daten\ wurden | die\ daten\ wurden | der\ interessent\ (?:hat|wurde|m[öo]chte|erwartet)
                | die\ interessentin\ (?:hat|wurde|m[öo]chte|erwartet) | wir\ (?:w[üu]nschen\ ihnen|haben\ diese|[üu]bermitteln)\b | viel\ erfolg
                | (?:©|\(c\)|copyright\b) | impressum\b | abmelden\b | unsubscribe\b | newsletter\ abbestellen | datenschutz(?:erkl[äa]rung)?\s*\|
                | vertraulichkeitshinweis | haftungsausschluss | confidentiality\ notice | disclaimer\b | der\ inhalt\ dieser\ e-?mail
                | this\ communication\b | alle\ angaben\ ohne\ gew[äa]hr | powered\ by\b | formular\ gesendet\ von | (?:remote\ )?ip(?:-?adresse|\ address)?\s*:
                | einwilligung\ zur | der\ nutzer\ hat | (?:der|die)\ absender(?:in)?\ hat | ihr[e]?\ [\p{L}\d.\ -]{2,40}-?team$ | (?:your|the)\ [\p{L}\d.\ -]{2,40}\ team$
                | l['’][ée]quipe\ .* | il\ team\ .* | (?:ihr|euer|dein)\ team\ (?:von|der|des|vom)\b
            )",
        )
        .expect("a tested pattern")
    });
    FOOTER.is_match(line)
}

/// Lines with which a letter closes.
pub(super) fn is_closing(line: &str) -> bool {
    static CLOSING: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?ix)^\W*(?:
                (?:mit\ )?(?:freundlichen?|besten?|viele[nr]?|herzlichen?|liebe[nr]?|sch[öo]nen?|sonnigen?|kollegialen?)\ (?:gr[üu](?:ß|ss)e?n?|gr[üu](?:ß|ss)e?n?\ aus\ .*)
                | gr[üu](?:ß|ss)e | gru(?:ß|ss) | lg | mfg | vg | beste\ gr[üu](?:ß|ss)e | hochachtungsvoll | freundliche\ gr[üu](?:ß|ss)e
                | (?:kind|best|warm)?\ ?regards | yours\ (?:sincerely|faithfully|truly) | sincerely | cheers | best\ wishes | all\ the\ best
                | (?:meilleures|cordiales|bien\ cordiales)\ salutations | (?:bien\ )?cordialement | salutations\ distingu[ée]es | avec\ mes\ .*salutations.*
                | cordiali\ saluti | distinti\ saluti | (?:i\ migliori\ )?saluti
            )\s*[,.!]?\s*(?:\p{L}[\p{L}\s.-]{0,40})?$",
        )
        .expect("a tested pattern")
    });
    line.chars().count() <= 80 && CLOSING.is_match(line)
}

/// Lines that follow a closing and belong to a team or company, not to a person who wrote a message.
pub(super) fn is_of_a_team(line: &str) -> bool {
    static TEAM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\bteam\b|-team\b|redaktion|kundenservice|kundenbetreuung|support|portal|service\b|gmbh|\bag\b|plattform|équipe|^ihr[e]?\s|www\.|https?://")
            .expect("a tested pattern")
    });
    TEAM.is_match(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn footers_closings_and_messages_are_told_apart() {
        for line in [
            "Diese E-Mail wurde von einem Kontaktformular gesendet",
            "This e-mail was sent from a contact form on Example",
            "Bitte antworten Sie nicht auf diese E-Mail.",
            "Bitte kontaktieren Sie den Interessenten innerhalb von 24 Stunden.",
            "Ihr StudiFinder-Team",
            "Ce message a été envoyé depuis le site",
            "Gesendet von meinem iPhone",
            "© 2025 Beispiel",
        ] {
            assert!(is_footer(line), "{line}");
        }
        for line in [
            "Mit freundlichen Grüßen",
            "Viele Grüße aus Köln",
            "MfG",
            "Best regards,",
            "Cordialement",
            "Distinti saluti",
            "Liebe Grüße Max",
        ] {
            assert!(is_closing(line), "{line}");
        }
        for line in [
            "Ich interessiere mich für den Kurs.",
            "Bitte senden Sie mir Unterlagen.",
            "Bitte rufen Sie mich an.",
            "Wir freuen uns auf Ihr Angebot.",
            "Wann beginnt der Kurs?",
            "Danke!",
        ] {
            assert!(!is_footer(line) && !is_closing(line), "{line}");
        }
    }
}

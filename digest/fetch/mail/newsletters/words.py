"""The words by which letters speak of themselves, in English, German, Italian, French, Spanish and Thai. Data.

`whole` patterns must be all of a short text (an anchor, a label, a heading); the others are looked for inside one.
"""

# ruff: noqa: E501  (one language a line reads better than a hundred short ones)
from __future__ import annotations

import re
from functools import lru_cache

_TRIM = re.compile(r"^[^\w¿¡]+|[^\w?)…]+$")
# Scripts without spaces: three characters make about one word.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


@lru_cache(maxsize=1_024)
def normalize_phrase(text: str) -> str:
    """A text as the `whole` patterns want it: lower case, straight quotes, no decoration around it."""
    return _TRIM.sub("", fold_text(text)).strip()


def fold_text(text: str) -> str:
    """A text as the other patterns want it: lower case, straight quotes."""
    return text.replace("’", "'").replace("\u00a0", " ").casefold()


@lru_cache(maxsize=2_048)
def count_words(text: str) -> int:
    """The number of words, also where a script puts no spaces between them."""
    unspaced = len(_UNSPACED.findall(text))
    spaced = len(re.findall(r"[^\W_]+(?:['’.-][^\W_]+)*", _UNSPACED.sub(" ", text)))
    return spaced + (unspaced + 3) // 4


def _compile_whole(*phrases: str) -> re.Pattern[str]:
    return re.compile(r"(?:" + "|".join(phrases) + r")\s*[?!.:…>→»]*", re.IGNORECASE)


def _compile_inside(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


# ---------------------------------------------------------------- the letter about itself

WEB_EDITION = _compile_whole(
    r"(?:view|read|see|open|display|show|check out)(?: (?:this|the|it|our|your))?(?: (?:e-?mail|newsletter|message|issue|edition|"
    r"letter|post|article|version))?(?: it)?(?: (?:in|on|as|at))?(?: (?:your|a|the|our))? ?(?:web ?)?(?:browser|online|web(?: ?site| ?page)?)"
    r"(?: version)?",
    r"(?:read|view|see) (?:on|at) (?:the |our )?(?!app\b)\S+(?: \S+)?",
    r"(?:web|online|browser|html)[ -](?:version|view|edition)", r"(?:in )?(?:your |the )?browser", r"online", r"having trouble .*",
    r"(?:can't|cannot|trouble|problems|difficulty) (?:see|view|read|seeing|viewing|reading).*", r"email not displaying .*",
    r"(?:diese[nr]? )?(?:e-?mail|newsletter|ausgabe)?\s?(?:hier )?(?:im|in ihrem|in deinem) (?:web)?browser(?: \w+)?", r"online (?:lesen|ansehen|anzeigen)",
    r"(?:zur )?(?:online|web)[ -]?(?:version|ansicht|ausgabe)(?: \w+)?", r".*wird (?:der|dieser|die) (?:newsletter|e-?mail) nicht richtig.*",
    r"(?:visualizza|leggi|apri|guarda|vedi)(?:la|lo)?(?: (?:questa|la|il|l')? ?(?:e-?mail|newsletter|messaggio))?(?: (?:nel|sul|dal|in))?(?: tuo)? ?(?:browser|online|web|sito)",
    r"versione (?:web|online)", r"(?:se )?non (?:visualizzi|vedi|riesci).*",
    r"(?:voir|lire|ouvrir|afficher|consulter)(?: (?:cet?|la|le|l'|cette) ?(?:e-?mail|newsletter|message|lettre))?(?: (?:dans|en|sur))?(?: (?:votre|le|ton))? ?(?:navigateur|ligne|web)",
    r"version (?:web|en ligne)", r"(?:si vous ne|problème) (?:voyez|visualisez|d'affichage).*",
    r"(?:ver|leer|abrir)(?: (?:este|el|la|esta) ?(?:e-?mail|correo|bolet[ií]n|newsletter))?(?: (?:en|en el|en tu|en su))? ?(?:navegador|l[ií]nea|online|la web)",
    r"versi[oó]n (?:web|online|en l[ií]nea)", r"(?:si )?no (?:puedes?|puede) ver.*",
    r"(?:อ่าน|ดู|เปิด)(?:อีเมล|จดหมายข่าว)?(?:นี้)?(?:บน|ใน|ผ่าน)?(?:เว็บ(?:ไซต์)?|เบราว์เซอร์|ออนไลน์)", r"เวอร์ชัน(?:เว็บ|ออนไลน์)",
)  # fmt: skip

# What an anchor or label says when it leads to no story.
BOILERPLATE_LABEL = _compile_whole(
    # leave, change, consent
    r"(?:(?:click|tap) here to |to |you can |or |instant(?:ly)? |one[- ]click )*(?:unsubscribe|opt[ -]?out|leave this list)(?: (?:here|now|from .{0,40}|instantly|any ?time|at any time|me|link|in one click|below|safely|page))?", r"(?:manage|update|edit|change|set|adjust)(?: (?:your|my|our|the|all|these|e-?mail|newsletter|subscription|communication|notification|account|contact|delivery))* (?:preferences?|subscriptions?|profile|settings|address|options|e-?mails?|frequency)(?: (?:here|now|or .{0,20}))?",
    r"(?:e-?mail |my |your |communication )?(?:preferences?|settings|subscriptions?|preference cent(?:er|re))", r"cancel (?:your |my )?subscription", r"(?:change|update) (?:your|my) .{0,20}",
    r"(?:our |the |website |cookie )?(?:privacy|cookies?|terms|legal|imprint|disclaimer|gdpr)(?: (?:policy|notice|statement|settings|center|& \w+|and \w+|of \w+|(?:and|&) conditions|of (?:use|service)))*",
    r"terms.{0,4}conditions", r"add us to your .*", r"report (?:spam|abuse)", r"whitelist (?:us|our).*", r"snooze(?: e-?mails?)?", r"take a break(?: from (?:e-?mails?|this).{0,10})?", r"try a \d+.day break",
    # the sender's house
    r"(?:about(?: us| this (?:e-?mail|newsletter|letter|mailing|list))?|contact(?: us)?|faqs?|help(?: cent(?:er|re))?|support|advertis\w*(?: (?:with|in|here|on) ?\w*)?|become a sponsor|sponsor(?: us| this newsletter| an issue)?|partner with us|media ?kit|careers|jobs at .*|press|shop|store|home ?page|visit (?:our )?(?:web ?)?site|my account|archives?|(?:read )?(?:past|previous|all|back|more) (?:issues|editions|newsletters|posts)|rss(?: feed)?|blog|sitemap|app store|google play|get (?:the|our) \w*? ?app|download (?:the|our) app|get the (?:ios|android) app|open in app)",
    r"(?:read|see|browse|view|visit) (?:the |our |all |past |previous )*(?:archives?|issues|newsletters|editions)",
    r"more (?:free )?newsletters.*", r"sign up for (?:more|our|other|free).*", r"(?:powered|built|made|sent|published|delivered|created) (?:with|by|on|via|using) \S+(?: \S+)?", r"publish on \S+", r"start writing", r"start your own .*",
    # spread, join, pay
    r"(?:click to )?share(?: (?:this(?: .{0,40})?|it(?: .{0,20})?|with (?:a )?friends?|the love|now|post|link|your .{0,15}|(?:the )?newsletter))?|share (?:on|via|by) \S+(?: media)?", r"(?:tweet|post|pin|like|comment|restack|save|bookmark|reply|forward|follow|recommend)(?: (?:this(?: .{0,20})?|it|us|me|now|on \w+|to a friend))?",
    r"forward (?:this|to a).*", r"tell a friend.*", r"refer (?:a|your) friends?.*", r"(?:follow|find|join|like|connect with|watch) us\b.*", r"recommend it",
    r"leave a comment", r"(?:\d+ (?:likes?|comments?|retweets?|shares?|restacks?)\s*)+", r"join (?:the |our )?(?:conversation|discussion|community|slack|discord|chat).*",
    r"(?:subscribe|sign ?up|join)(?: (?:now|here|today|free|for free|to .{0,40}|us|for (?:our|the|a) (?:newsletter|free).{0,20}))?", r"upgrade(?: (?:to (?:paid|pro|premium)|now|your (?:plan|subscription)).{0,15})?", r"(?:become|go|get) (?:a )?(?:paid |premium |pro )(?:member|subscriber|subscription).{0,10}|become a (?:member|subscriber|patron).*",
    r"subscribe to .{0,40}", r"(?:buy|get) (?:me|us) a coffee", r"donate(?: now)?", r"support (?:us|our work|this newsletter|me).{0,20}", r"give a gift.*", r"gift a subscription", r"claim (?:your|my) .{0,20}", r"see what you're missing",
    r"got a (?:link|tip|story).*", r"send us .{0,30}", r"submit (?:a|your) .{0,25}", r"suggest (?:a|an) .{0,25}", r"write to us.*", r"e-?mail (?:us|me|the editor).*", r"feedback|general feedback|give (?:us )?feedback.*|send feedback",
    r"facebook|twitter|x|linkedin|instagram|youtube|tiktok|threads|bluesky|mastodon|whatsapp|telegram|line|pinterest|reddit|e-?mail|website|spotify|apple podcasts|medium|github|discord|slack|wechat|xing|flipboard|snapchat|(?:facebook|twitter|linkedin|instagram|youtube) ?(?:logo|icon|page)?",
    r"(?:on |via |by )?(?:facebook|twitter|x|linkedin|whatsapp|e-?mail)(?: icon| logo)?",
    # German
    r"(?:hier |jetzt |vom |den |diesen |newsletter |sich |dich |klicken sie hier, um sich )*(?:abmelden|abbestellen|austragen)(?: .{0,20})?|abmeldung.{0,20}", r"(?:(?:ihr|mein|dein|meine|ihre|deine) )?(?:profil|e-?mail-?adresse|adresse|einstellungen|daten|abo|newsletter)(?: jetzt| hier)? (?:ändern|verwalten|bearbeiten|anpassen|aktualisieren)", r"(?:newsletter-?)?einstellungen", r"impressum", r"datenschutz\w*(?: .{0,20})?", r"agb", r"kontakt(?: aufnehmen)?", r"über uns", r"mediadaten", r"werbung (?:schalten|buchen).{0,20}",
    r"(?:newsletter )?(?:weiterempfehlen|weiterleiten|teilen|empfehlen)(?: .{0,20})?", r"(?:jetzt )?(?:den |diesen |unseren )?newsletter (?:abonnieren|anmelden|bestellen)|(?:jetzt |hier )?abonnieren", r"folgen sie uns.*|folge uns.*", r"archiv", r"(?:jetzt )?mitglied werden", r"hilfe",
    # Italian
    r"(?:clicca qui per |per )?(?:disiscriv\w+|disiscrizione|cancell\w+ (?:l'|la |dalla )?(?:tua )?(?:iscrizione|newsletter|lista)|annulla (?:l')?iscrizione)\b.{0,25}", r"(?:gestisci|modifica|aggiorna|cambia)(?: (?:le|il|la|i|tue|tuoi|tua|tuo))* ?(?:l'|le |il )?(?:preferenze|profilo|iscrizione|iscrizioni|dati|impostazioni).{0,12}", r"preferenze", r"informativa.{0,20}", r"note legali", r"contatti|contattaci", r"chi siamo", r"pubblicità con noi", r"condividi(?: .{0,25})?", r"inoltra(?: .{0,25})?", r"iscriviti(?: .{0,30})?", r"abbonati(?: .{0,20})?", r"seguici(?: .{0,20})?", r"archivio", r"diventa (?:sponsor|socio|abbonato).{0,15}",
    # French
    r"(?:cliquez ici pour |pour )?(?:se |vous |me |te )?désabonne[rz]?\b.{0,25}|(?:se |vous |me )?désinscri\w+.{0,25}|lien de désinscription", r"(?:gérer|modifier|mettre à jour|changer)(?: (?:mes|vos|mon|votre|les|l'))* ?(?:préférences|profil|abonnements?|inscription|adresse|données).{0,12}", r"préférences", r"mentions légales", r"(?:politique de )?confidentialité", r"conditions (?:d'utilisation|générales).{0,15}", r"à propos", r"nous contacter|contactez-nous", r"partage[rz]?(?: .{0,25})?", r"transfére[rz](?: .{0,25})?", r"(?:s')?abonne[rz](?:-vous|-toi)?(?: .{0,25})?|s'inscrire|inscrivez-vous(?: .{0,20})?", r"suivez-nous(?: .{0,20})?", r"devenir (?:annonceur|partenaire|membre).{0,10}",
    # Spanish
    r"(?:haz clic aquí para |para )?(?:dar[smt]?e? de baja|cancelar (?:la |tu |mi )?suscripción|anular (?:la )?suscripción)\b.{0,25}", r"(?:gestionar|modificar|actualizar|cambiar|administrar)(?: (?:mis|tus|sus|las|el|mi|tu))* ?(?:preferencias|perfil|suscripci\w+|datos).{0,12}", r"preferencias", r"aviso legal", r"(?:política de )?privacidad", r"contacto|contáctanos", r"quiénes somos", r"comparte|compartir(?: .{0,25})?", r"reenvía\w*(?: .{0,25})?", r"suscríbe(?:te|se)(?: .{0,25})?", r"síguenos(?: .{0,20})?", r"anúnciate.{0,15}",
    # Thai
    r"(?:คลิก|กด)?(?:ที่นี่)?(?:เพื่อ)?(?:ยกเลิก|เลิก)(?:การ)?(?:รับ|สมัคร|ติดตาม|เป็นสมาชิก).{0,20}", r"(?:จัดการ|เปลี่ยน|แก้ไข|ปรับ)(?:การ)?(?:ตั้งค่า|การสมัคร|การรับ|อีเมล|ข้อมูลส่วนตัว|โปรไฟล์).{0,15}", r"นโยบาย(?:ความเป็นส่วนตัว|คุกกี้)(?:ของเรา)?", r"ติดต่อ(?:เรา|โฆษณา|สอบถาม)?", r"เกี่ยวกับเรา", r"แชร์(?:เลย|ต่อ|ให้เพื่อน|ไปยัง.{0,12}|บน.{0,12})?", r"ส่งต่อ(?:ให้เพื่อน|อีเมล.{0,8})?", r"สมัคร(?:สมาชิก|รับ|เลย).*", r"ติดตามเรา.*", r"ลงโฆษณา.*", r"ข้อกำหนด.*",
)  # fmt: skip

# A block that says one of these is the letter's frame, wherever it stands.
BOILERPLATE_TEXT = _compile_inside(
    r"©", r"\ball rights reserved\b", r"\bcopyright (?:\(c\) )?\d{4}", r"you(?:'re| are)? ?(?:have )?(?:receiv(?:ed|ing)|getting|got) this (?:e-?mail|newsletter|message|mail)",
    r"this (?:e-?mail|newsletter|message) (?:was|has been) sent to", r"sent (?:to|this e-?mail to) .{0,60}@", r"you (?:signed|are signed|are subscribed|subscribed|opted)\b.{0,40}(?:e-?mail|newsletter|list|updates)", r"no longer (?:want|wish|interested)\b.{0,40}(?:receiv|e-?mail|hear|subscri|newsletter)", r"(?:was )?forwarded (?:to you|this)",
    r"was this (?:e-?mail|newsletter) forwarded", r"your (?:subscribed )?e-?mail address (?:is|for)|the e-?mail address for your", r"to (?:stop receiving|change your (?:e-?mail|delivery|subscription)|opt out|be removed)", r"(?:please )?do not reply to this", r"add .{0,60} to your (?:address book|contacts)", r"our mailing address", r"to cancel (?:delivery|your)", r"change (?:your )?(?:delivery|e-?mail) (?:options|address)", r"(?:thanks|thank you) for reading",
    r"^(?:are you |did you |do you )?(?:enjoy\w*|lik\w+|lov\w+) (?:this|the|our|today's|what you)\b.{0,30}(?:newsletter|e-?mail|issue|letter|edition|read)", r"\b\d+ referrals?\b|referral (?:program|reward|count)|refer (?:a |your )?friends?\b", r"copy (?:and|&) paste .{0,20}link|referral link", r"(?:please )?send (?:us )?(?:your |any )(?:questions|comments|feedback)", r"^(?:issn|no\. ?\d+|issue (?:#|no\.?|number)? ?\d+)\b.{0,60}$",
    r"upgrade to paid|become a paying subscriber|paid subscriber", r"^(?:hit|just|simply)? ?reply (?:to this|and)\b",
    r"\b(?:newsletter|e-?mail|mail)\b.{0,60}\b(?:abbestell|abmelden|austragen|versendet an|gesendet an)", r"\bsie erhalten (?:diese|diesen|unseren)|du (?:erhältst|bekommst) (?:diese|diesen|unseren)", r"alle rechte vorbehalten", r"wurde .{0,40}(?:ge|ver)sendet an", r"nicht mehr (?:erhalten|bekommen)",
    r"\bdisiscri|cancell\w+ (?:l'|la |dalla )?(?:tua )?(?:iscrizione|newsletter)", r"(?:hai ricevuto|ricevi|ricevete|stai ricevendo) (?:questa|questo|la|il)", r"tutti i diritti riservati", r"non (?:vuoi|desideri) più ricevere", r"è stata inviata a",
    r"désabonn|désinscri", r"(?:vous recevez|vous avez reçu|tu reçois) (?:cet|ce|cette)", r"tous droits réservés", r"ne (?:plus|souhaitez plus) recevoir", r"vous a transféré",
    r"darte de baja|darse de baja|cancelar (?:tu |la |su )?suscripción", r"(?:recibes|recibe|has recibido|ha recibido) est[ea]", r"todos los derechos reservados", r"dejar de recibir",
    r"ยกเลิกการ(?:รับ|สมัคร)", r"คุณได้รับ(?:อีเมล|จดหมาย)", r"สงวนลิขสิทธิ์",
)  # fmt: skip

# A block that begins so asks for something, wherever its links lead.
PLEA = re.compile(
    r"(?:do you )?(?:want|wish|like) to (?:work (?:with|for|at)|advertise|sponsor|contribute|write for)\b|interested in (?:advertising|sponsoring)\b|advertise (?:with us|here|in)\b|we(?:'re| are) hiring\b|(?:got|have|know) (?:a|any) (?:tip|story|link|question|feedback|suggestion)s?\b|"
    r"(?:möchten sie|willst du|wollen sie) (?:werben|inserieren|bei uns)\b|werben sie (?:hier|bei)\b|vuoi (?:fare pubblicità|sponsorizzare|lavorare con noi)\b|vous (?:souhaitez|voulez) (?:communiquer|annoncer|sponsoriser)\b|¿?quieres (?:anunciarte|patrocinar)\b|สนใจลงโฆษณา",
    re.IGNORECASE,
)
# Said where a letter takes its leave: what follows it, in a letter's last part, is its footer.
FAREWELL = _compile_inside(
    r"^(?:copyright )?(?:©|\(c\)) ?20\d\d|\ball rights reserved\b|^copyright © 20\d\d",
    r"to unsubscribe(?: from (?:this|these|our|the (?:newsletter|list))\b.{0,30})?(?:,|:| please| click| visit| see| or | send| reply| use| follow| here)|you (?:can|may) (?:also |always |of course )?unsubscribe|(?:or|please) unsubscribe (?:here|below)|unsubscribe (?:here|instantly|link|below|\||·|•)|^unsubscribe(?: from (?:this|our|these).{0,30})?[\s.:|]*$", r"you(?:'re| are)? ?(?:have )?(?:receiv(?:ed|ing)|getting|got|get) this (?:e-?mail|newsletter|message|mail|letter)", r"subscribed e-?mail address|e-?mail address for your subscription", r"no longer (?:want|wish) to receive",
    r"newsletter .{0,30}abbestell|(?:newsletter|sich) .{0,20}abmelden|hier abmelden|sie erhalten (?:diese|diesen)|wurde .{0,40}(?:ge|ver)sendet an", r"per (?:disiscriver|cancellar)|hai ricevuto questa|ricevi questa|non (?:vuoi|desideri) più ricevere", r"(?:se|vous) désabonner|vous désinscrire|vous recevez (?:cet|ce|cette)", r"darte de baja|darse de baja|cancelar (?:tu|su) suscripción|recibes este", r"ยกเลิกการ(?:รับ|สมัคร|เป็นสมาชิก)|คุณได้รับ(?:อีเมล|จดหมาย)",
)  # fmt: skip
DATE_LINE = re.compile(
    r"(?:(?:[^\W\d]{2,12}\.?,? )?(?:[^\W\d]{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{1,2}(?:st|nd|rd|th|er|º|\.)? (?:de |of )?[^\W\d]{3,12}\.?,?(?: de)? \d{2,4})|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d)"
    r"(?:,? (?:at )?\d{1,2}[:.h]\d{2}.{0,12})?\W*",
    re.IGNORECASE,
)
# Who wrote a story, on a line of its own.
BYLINE = re.compile(
    r"(?i:(?:written |words |story )?by|von|di|par|por|de|โดย)\s+(?P<name>[A-ZÀ-Þ\u0e00-\u0eff][\w.'’-]+(?:\s+(?:[A-ZÀ-Þ\u0e00-\u0eff][\w.'’-]*|de|van|von|der|di|da|del|al)){0,4})"
    r"(?:\s*[|•·–—,(].*|\s+(?:on|am|il|le|el|in|and|und|e|et|y|&)\b.*|\s+\d.*)?"
)
# A quoted post of a social network: "Name @handle".
HANDLE = re.compile(r"(?:(?!.*\bvia\b)[^@]{2,50}\s)?@\w{2,30}(?:\s*[·•].{0,20})?", re.IGNORECASE)

# ---------------------------------------------------------------- going to a story

MORE = _compile_whole(
    r"(?:read|see|view|get|learn|find out|discover|explore|know|show|hear|watch|listen)? ?(?:the |this |our |it |on )?(?:full |whole |entire |complete |rest(?: of)? |original )*(?:the |this |our )?(?:article|story|post|more|details|report|here|online|now|announcement|video|episode|paper|study|interview|thread|review|guide|release|transcript|case study|coverage|out more|essay|piece|analysis|demo|documentation|docs|changelog)(?: (?:here|now|on|at|about|from|in)\b.{0,40})?",
    r"(?:read|keep reading|continue reading|go deeper|dive in|dig in|check it out|take a look|have a look|see how|see why|learn how|find out(?: how| why)?|read it|get it|try it(?: out| now| free)?|watch|listen|listen and learn|download(?: now| it| the .{0,25})?|register(?: now| here| today| free)?|sign up(?: here| now)?|book (?:now|a demo)|get started|apply(?: here| now)?|save (?:my|your) (?:seat|spot)|join (?:us|now)|rsvp|details|link|source|sources|via|more|here|this|this one|pdf|shop now|buy now|order now|visit|go|click here|click|tap here|see all.{0,40}|view all.{0,40}|see more|more info(?:rmation)?|info|full story|\d+|\[?\d+\]?)(?: (?:»|→|>+))?",
    r"read (?:on|more|full|the|it|this)\b.{0,40}", r"continue(?: reading)?(?: .{0,30})?", r"(?:learn|find|read|see|discover|explore) more\b.{0,40}", r"watch (?:the |now|video).{0,20}", r"(?:read|view) (?:in|on) .{0,25}",
    r"(?:zum|zur|zu den|hier (?:geht es|geht's) (?:zum|zur)) .{1,30}", r"(?:hier |jetzt )?(?:weiter ?lesen|mehr (?:lesen|erfahren|dazu|infos?|informationen|details)|nachlesen|lesen|ansehen|anhören|herunterladen|registrieren|anmelden|informieren|entdecken)(?: .{0,25})?", r"mehr|hier|hier (?:klicken|lesen|entlang)|weiter|details|quelle|artikel (?:lesen|ansehen)|vollständiger artikel.*|ganzen artikel.*",
    r"(?:leggi|continua|scopri|vai|approfondisci|guarda|ascolta|scarica|registrati|partecipa|consulta)(?: (?:tutto|di più|ancora|qui|ora|a leggere|al|all'|alla|l'|la|il|subito|l'articolo|il report|di)\b.{0,30})?", r"qui|clicca qui|fonte|maggiori (?:informazioni|dettagli)|altro|per saperne di più|il link",
    r"(?:lire|en lire|voir|découvrir|en savoir|consulter|télécharger|regarder|écouter|s'inscrire|accéder)(?: (?:la suite|plus|l'article|le|la|les|ici|à|au|dans|en)\b.{0,40})?", r"ici|cliquez ici|source|suite|plus d'infos?.*|la suite",
    r"(?:leer|seguir|ver|saber|descubr[ea]|conoce|descargar|escuchar|más)(?: (?:más|leyendo|el|la|aquí|artículo|nota|información|detalles)\b.{0,30})?", r"aquí|(?:haz )?clic aquí|fuente|más|más información|regístrate(?: aquí)?",
    r"(?:อ่าน|ดู|ฟัง|คลิก|รายละเอียด)(?:ต่อ|เพิ่มเติม|เพิ่ม|ทั้งหมด|ที่นี่|ได้ที่|บทความ|ฉบับเต็ม|รายละเอียด|นี่|ที่|นี่เลย)*.{0,12}", r"ที่นี่|ที่มา|แหล่งที่มา|ลงทะเบียน.{0,10}",
    r"[→»>]+|↗|🔗",
)  # fmt: skip
_ARROW = re.compile(r"(?:→|»|›|>>|>|➔|➜|⟶|↗|-->)\s*$")
_ASKING = re.compile(
    r"(?:read|see|learn|discover|find|get|explore|check|watch|listen|download|register|join|try|start|book|save|sign|view|visit|claim|shop|"
    r"request|meet|mehr|jetzt|hier|zum|zur|weiter|entdecken|leggi|scopri|vai|iscriviti|registrati|prova|guarda|scarica|lire|en lire|en savoir|"
    r"découvr\w+|voir|télécharg\w+|inscri\w+|essay\w+|rejoign\w+|leer|descubr\w+|ver|conoce|descarga\w*|prueba|regístr\w+)\b",
    re.IGNORECASE,
)


def is_read_more(anchor: str) -> bool:
    """Whether an anchor says only "go on here"."""
    plain = normalize_phrase(anchor)
    return (
        not plain
        or bool(MORE.fullmatch(plain))
        or bool(_ARROW.search(anchor) and _ASKING.match(plain))
    )


def is_boilerplate_label(anchor: str) -> bool:
    """Whether an anchor, or a whole short block, is part of the letter's frame."""
    plain = normalize_phrase(anchor).removesuffix(" at")
    return (
        0 < len(plain) <= 110
        and count_words(plain) <= 9
        and bool(BOILERPLATE_LABEL.fullmatch(plain) or WEB_EDITION.fullmatch(plain))
    )


# ---------------------------------------------------------------- sections

# A label that is nothing but the word, and one that goes on with the sponsor's name.
SPONSOR = _compile_whole(
    r"(?:(?:a )?(?:message|word|note|word or two) from (?:our |today's |this week's )?(?:sponsors?|partner)|(?:today's|this (?:week|issue|edition|newsletter)'?s?|our|main|headline|presenting) (?:sponsors?|partner)|from our (?:sponsors?|partner))",
    r"sponsors?(?:hip|ed)?(?: (?:post|content|story|message|link|block|spotlight|highlight|message))?|partner content|paid (?:post|content|partnership|promotion|advertisement)|promoted(?: (?:post|content|story))?|promotion|advertis(?:ement|ing|orial)|ads?|together with|presented by|brought to you by|in partnership with|sponsored by",
    r"anzeigen?|werbung|gesponsert|(?:unser|der) (?:sponsor|partner)(?: der woche| des tages)?|partnerinhalt|präsentiert von",
    r"pubblicità|sponsorizzato(?: da)?|contenuto sponsorizzato|messaggio (?:promozionale|pubblicitario)|(?:il |dal )?(?:nostro )?(?:sponsor|partner)|in collaborazione con|offerto da",
    r"publicité|sponsorisé|contenu (?:sponsorisé|partenaire)|notre partenaire|un message de notre (?:partenaire|sponsor)|en partenariat avec|présenté par",
    r"publicidad|patrocinad[oa]|contenido patrocinado|nuestro patrocinador|patrocinado por|presentado por",
    r"โฆษณา|ผู้สนับสนุน|เนื้อหาที่ได้รับการสนับสนุน|ประชาสัมพันธ์|สนับสนุนโดย",
)  # fmt: skip
SPONSOR_NAMED = re.compile(
    r"(?:(?:(?:this|today's|the)(?: [\w'-]+){1,3} (?:is|was) )?(?:sponsored|presented|brought to you|made possible) by|together with|in (?:partnership|collaboration|association) with|"
    r"(?:a )?message from(?! (?:the|our|your) (?:editors?|team|ceo|founders?|publisher)\b| us\b| me\b)|(?:today's|this week's|our) sponsor(?: is|:)|sponsors?:|ad(?:vertisement)? by|"
    r"gesponsert von|präsentiert von|in (?:kooperation|zusammenarbeit|partnerschaft) mit|mit freundlicher unterstützung(?: von)?|anzeige(?: von|:)|werbung:|"
    r"sponsorizzato da|in collaborazione con|presentato da|offerto da|"
    r"sponsorisé par|en partenariat avec|présenté par|offert par|avec le soutien de|"
    r"patrocinad[oa] por|en colaboración con|presentado por|con el apoyo de)(?!\w)|"
    r"(?:สนับสนุนโดย|ได้รับการสนับสนุน(?:จาก|โดย)|ผู้สนับสนุน:?)",
    re.IGNORECASE,
)
# After a story: "Acme sponsor", "(Sponsored)", "Anzeige".
SPONSORED_TAIL = re.compile(
    r"(?:.{0,60}\bsponsor|.{0,40}\b(?:provided|sponsored|presented|brought to you) by .{1,40}|[(\[]?\s*(?:sponsor(?:ed)?(?: (?:post|content|link))?|ad|promoted|paid|advertisement|anzeige|werbung|pubblicità|sponsorizzato|"
    r"publicité|sponsorisé|publicidad|patrocinado|โฆษณา|ผู้สนับสนุน)\s*[)\]]?)",
    re.IGNORECASE,
)
SPONSORED_TITLE = re.compile(
    r"[(\[]\s*(?:sponsor(?:ed)?(?: (?:post|content|link))?|ad|advertisement|promoted|paid|partner|anzeige|werbung|pubblicità|sponsorizzato|publicité|"
    r"sponsorisé|publicidad|patrocinado|โฆษณา)\s*[)\]]|^(?:sponsor(?:ed)?|ad|anzeige|advertisement|adv|publicité|publicidad|โฆษณา)(?:\s*[:|]|\s+[–—-]\s)",
    re.IGNORECASE,
)
# Prices and pleas of advertisements that nobody labelled.
SELLS = _compile_inside(
    r"(?:^|[.!?:,–—] )save (?:up to )?\d+ ?%", r"\b\d+ ?% off\b", r"\bspecial offer\b", r"\b(?:limited[- ]time|exclusive) (?:offer|discount)", r"\buse (?:promo |discount |coupon )?code:? ?[\"'“]?[A-Z0-9]{4,}",
    r"\bregular price\b", r"\bget yours today\b", r"\bwe've teamed up with\b", r"\bmit dem (?:rabatt)?code\b", r"\bcon il codice (?:sconto )?\w", r"\bavec le code (?:promo )?\w", r"\bcon el código (?:de descuento )?\w",
)  # fmt: skip

JOBS = _compile_whole(
    r"(?:(?:featured|latest|new|open|top|hot|remote|tech|marketing|this week's|martech|more|who's|and) )*(?:jobs?|job (?:board|openings?|listings?|offers?|opportunities|alerts?|market)|careers?|vacancies|open (?:roles|positions)|we're hiring|who's hiring|hiring|now hiring|career opportunities|roles)(?: (?:board|of the (?:week|day)|corner|this week|for you))?",
    r"(?:aktuelle )?(?:jobs?|stellen(?:angebote|anzeigen|markt)?|offene stellen|jobangebote|karriere)(?: der woche)?", r"(?:offerte (?:di )?)?(?:lavoro|annunci di lavoro|posizioni aperte|opportunità di lavoro|lavora con noi)", r"offres? d'emploi|emplois?|recrutement|on recrute|les jobs.{0,15}", r"empleos?|ofertas? de (?:empleo|trabajo)|bolsa de trabajo|vacantes",
    r"(?:ตำแหน่ง)?งาน(?:ว่าง|แนะนำ|ที่เปิดรับ)?|รับสมัครงาน|ตำแหน่งงาน.{0,12}|สมัครงาน.{0,10}",
)  # fmt: skip

POLL = _compile_inside(
    r"^(?:today's |the |this week's |weekly |daily |reader )?(?:poll|survey)(?: (?:of the (?:day|week)|time|question))?[:!?]?$", r"^(?:what|how)(?:'d| did| do) you (?:think|like|feel|enjoy)\b.{0,60}", r"how (?:did we do|was (?:this|today))", r"^rate (?:this|today|our|us)\b", r"cast your vote|^vote (?:now|here|below)|^(?:take|answer) (?:the|our|this) (?:poll|survey)", r"tell us what you think",
    r"^(?:die |unsere )?(?:umfrage|leserfrage)(?: der woche| des tages)?[:!?]?$", r"^(?:jetzt )?abstimmen", r"wie (?:hat|fanden|gefällt|bewerten) (?:ihnen|dir|sie|euch|du)\b.{0,50}\?", r"^(?:il )?sondaggio(?: della settimana| del giorno)?[:!?]?$", r"(?:ti è piaciut|cosa ne pensi|come valut)\w*.{0,40}\?", r"^(?:le )?sondage(?: de la semaine| du jour)?[:!?]?$", r"(?:qu'avez-vous pensé|que pensez-vous|avez-vous aimé)\b.{0,50}\?|^votez", r"^(?:la )?encuesta(?: de la semana| del día)?[:!?]?$", r"qué te (?:ha parecido|pareció)\b.{0,40}\?", r"^(?:โพล|แบบสำรวจ|โหวต)|(?:จดหมายข่าว|ฉบับ)(?:นี้)?เป็นอย่างไร",
)  # fmt: skip
ANSWER = _compile_whole(
    r"yes|no|maybe|(?:loved?|liked?|hated?|enjoyed?) it|amazing|awesome|good|great|excellent|ok(?:ay)?|average|meh|bad|poor|terrible|not (?:sure|great|really|bad)|so[- ]so|nailed it|it was (?:ok|good|great|bad)|ja|nein|gut|schlecht|sehr gut|sì|si|oui|non|sí|ใช่|ไม่|ดีมาก|ดี|พอใช้|répondez .{0,12}|vote.{0,20}|[\d⭐★👍👎😀😍😐😞]+",
)  # fmt: skip

# Short headings over link menus: products, navigation, the house's own things.
MENU = _compile_whole(
    r"(?:most )?popular(?: (?:products|searches|downloads|right now))?", r"(?:quick|useful|important|handy|helpful) links", r"(?:recent|older|earlier|previous|past|related) (?:articles|posts|issues|stories|newsletters)", r"you (?:may|might) also like.*", r"in case you missed it|icymi", r"look over here|navigation|menu|sitemap|sections|categories|topics|tags|channels", r"(?:also |more )(?:from|on|at) .{1,25}", r"our (?:other )?(?:newsletters|products|network|sites|services|partners)", r"follow us.*|stay connected|connect with us|get in touch|contact", r"(?:our )?specials?|\w*specials|shop|store|deals(?: of the (?:day|week))?|best ?sellers|top downloads|resources",
    r"folge[n]? .{0,12}|kontakt|service|unsere .{0,20}", r"seguici.*|contatti|i nostri .{0,20}", r"suivez.*|nos .{0,20}|contacts?", r"síguenos.*|nuestr[oa]s .{0,20}", r"ติดตามเรา.*|เมนู",
)  # fmt: skip

# Short bold openings inside a story that begin no new one.
CONNECTORS = _compile_whole(
    r"why (?:it|this) matters.*", r"why (?:we|you should) care", r"the (?:big picture|bottom line|details?|latest|intrigue|other side|backstory|gist|takeaway|catch|context|impact|upshot|problem|numbers?|background|plan|result|facts?|good news|bad news|news|what|how|why)", r"driving the news", r"what(?:'s| is) (?:next|new|happening|at stake|ahead)", r"what (?:they(?:'re| are)|to|we(?:'re| are)|you) (?:saying|watch|know|watching|expect|do|need to know|can do|should do|think)",
    r"between the lines", r"by the numbers", r"zoom (?:in|out)", r"state of play", r"go deeper", r"catch up (?:quick|fast)", r"yes,? but", r"how it works", r"flashback", r"threat level", r"reality check", r"quick take", r"our (?:take|thought bubble|view)", r"my take", r"tl;?dr", r"bottom line", r"key (?:points?|takeaways?|findings?|facts?)", r"takeaways?", r"context", r"background", r"note", r"update", r"editor's note", r"example", r"tip", r"pro tip", r"p\.?s\.?|p\.p\.s\.?", r"source", r"highlights?", r"in short", r"what happened", r"who|what|when|where|why|how",
    r"warum (?:das|es) (?:wichtig ist|zählt)", r"hintergrund|fazit|ausblick|einordnung|kurz gesagt|das (?:problem|ergebnis)", r"perché (?:è importante|conta)", r"in (?:breve|sintesi)|il contesto|cosa cambia", r"pourquoi c'est important|en bref|le contexte|à retenir", r"por qué (?:importa|es importante)|en resumen|contexto", r"ทำไม(?:ถึง)?(?:สำคัญ|ต้อง).{0,12}|สรุป|บริบท",
)  # fmt: skip

# A short heading under which every paragraph is a story of its own.
ROUNDUP = _compile_whole(
    r"(?:quick|short|news|other|more|weekend|weekly|daily|top|also|bite[- ]?sized|rapid[- ]?fire|essential|further|recommended|interesting|must) ?(?:hits?|links?|takes?|bites?|news|briefs?|reads?|reading|stories|headlines|nuggets|picks|notes|fire|articles|finds|items)(?: .{0,20})?", r"(?:news )?in brief|brief(?:ly|s|ing)?|headlines|links?|news|roundup|round-up|the roundup|what (?:else|we're reading|i'm reading|we're watching).{0,30}|elsewhere.{0,20}|around the (?:web|world|industry)|worth (?:reading|a read|your time|a click)|reading list|on our radar|tour de headlines|\w+ (?:nuggets|links|stories|things|reads|bites).{0,12}|etc|also (?:in the news|noted|worth)|odds (?:and|&) ends|grab bag|from the web|link list|bookmarks|tools?",
    r"kurz (?:notiert|gemeldet|& knapp|und knapp)|kurzmeldungen|weitere (?:meldungen|nachrichten|themen)|lesetipps?|linktipps?|meldungen|nachrichten|außerdem.{0,20}|presseschau|fundstücke", r"in breve|brevi|notizie(?: in breve)?|altre notizie|da leggere|letture.{0,15}|rassegna.{0,15}|link(?: utili)?", r"en bref|brèves|à lire.{0,15}|actus?|autres actualités|liens|revue de (?:presse|web)|ça s'est passé.{0,15}", r"en breve|breves|noticias|otras noticias|lecturas.{0,20}|enlaces|para leer.{0,15}", r"ข่าว(?:สั้น|เด่น|อื่น.?|ประจำสัปดาห์)?|สรุปข่าว|ลิงก์(?:น่าอ่าน|แนะนำ)?|น่าอ่าน.{0,10}",
)  # fmt: skip

# ---------------------------------------------------------------- service mail

CONFIRM = _compile_whole(
    r"(?:please )?(?:confirm|verify|activate|validate)(?: (?:your|my|the|this|e-?mail))*(?: (?:subscription|e-?mail(?: address)?|address|account|sign-?up|registration|request|identity))?(?: (?:now|here|to .{0,30}))?", r"yes,? subscribe me.*", r"(?:jetzt |bitte )?(?:anmeldung|e-?mail(?:-adresse)?|adresse|abonnement|newsletter|registrierung)(?: jetzt)? (?:bestätigen|aktivieren)|(?:jetzt |hier )?bestätigen.{0,25}|ja, .{0,40}(?:anmelden|abonnieren)", r"conferma(?: (?:l'|la |il |tua |la tua |il tuo )*\s?(?:iscrizione|e-?mail|indirizzo|account|registrazione))?", r"(?:je )?confirme[rz]?(?: .{0,10}(?:inscription|abonnement|adresse|e-?mail).{0,10})?", r"confirm[ao]r?(?: (?:mi|tu|la|el|su) )?.{0,12}(?:suscripción|correo|cuenta|e-?mail).{0,10}|confirmar", r"ยืนยัน(?:การสมัคร|อีเมล|ตัวตน|บัญชี)?.{0,12}",
)  # fmt: skip
SERVICE_SUBJECT = _compile_inside(
    r"(?:registration|booking|reservation)(?: is| was)? confirm|you're registered|(?:please )?(?:confirm|verify|activate|validate) (?:your|the|my) (?:subscription|e-?mail|address|account|sign-?up|registration)|confirm (?:subscription|sign-?up)|(?:subscription|e-?mail) confirm(?:ed|ation)|action required: confirm|^confirm\b.{0,40}(?:subscri|e-?mail)",
    r"^(?:welcome(?: to .{1,40}|!| aboard| on board)?|you're (?:in|subscribed|on the list).{0,20}|thanks? (?:you )?for (?:subscribing|signing up|joining|registering|your (?:order|purchase|payment)).{0,40})[!. ]*$", r"(?:your|payment|order|purchase) (?:receipt|invoice)\b|\breceipt (?:from|for)\b|\binvoice (?:#|no|from|for)|order (?:confirmation|#\d)|payment (?:received|confirmation|failed)|subscription (?:renew|receipt|expire|cancel)",
    r"(?:reset|change) (?:your )?password|password (?:reset|changed)|(?:sign-?in|login|verification|security|one[- ]time|access) (?:code|link|alert|attempt)|new (?:sign-?in|login|device)|your (?:\d{4,8}|(?:[\w-]+ )?(?:log-?in|sign-?in|verification|access) code|magic link)|account (?:created|activated|deleted|confirmation|suspended|notice)",
    r"bestätige|anmeldebestätigung|(?:anmeldung|registrierung|e-?mail-adresse) (?:bestätig|zum newsletter)|^(?:herzlich )?willkommen\b.{0,40}$|danke für (?:ihre|deine) (?:anmeldung|bestellung|registrierung)|\b(?:ihre|deine) (?:rechnung|bestellung|quittung|zahlung)\b|passwort (?:zurücksetzen|ändern|vergessen)|\bkonto\b.{0,20}(?:erstellt|aktivier|bestätig)",
    r"conferma (?:la |l'|il )?(?:tua |tuo )?(?:iscrizione|e-?mail|indirizzo|registrazione|account|ordine)|^benvenut[oaie]\b.{0,40}$|grazie per (?:l'|la |esserti )?(?:iscri\w+|registra\w+|acquisto|ordine)|\b(?:la )?tua (?:ricevuta|fattura)\b|conferma (?:d'ordine|dell'ordine|di pagamento)|reimposta .{0,12}password|codice di (?:verifica|accesso|conferma)",
    r"confirme[rz] (?:votre|ton|mon) (?:inscription|abonnement|adresse|e-?mail|compte)|confirmation (?:de|d')\s?(?:votre |l')?(?:inscription|abonnement|commande)|^bienvenue\b.{0,40}$|merci (?:de|pour) (?:votre|ton) (?:inscription|abonnement|commande)|\b(?:votre|ta) (?:facture|reçu)\b|réinitialis\w+ .{0,20}mot de passe|code de (?:vérification|connexion)",
    r"confirma (?:tu|su) (?:suscripción|correo|cuenta|e-?mail)|^bienvenid[oa]s?\b.{0,40}$|gracias por (?:suscribirte|registrarte|tu (?:compra|pedido|suscripción))|\b(?:tu|su) (?:recibo|factura|pedido)\b|restablec\w+ .{0,12}contraseña|código de (?:verificación|acceso)",
    r"(?:โปรด|กรุณา)?ยืนยัน(?:การสมัคร|อีเมล|บัญชี|ที่อยู่)|ยินดีต้อนรับ|ขอบคุณ(?:ที่|สำหรับการ)(?:สมัคร|ลงทะเบียน|สั่งซื้อ|ติดตาม)|ใบเสร็จ|ใบแจ้งหนี้|รีเซ็ตรหัสผ่าน|รหัส(?:ยืนยัน|ผ่าน)",
)  # fmt: skip
SERVICE_OPENING = _compile_inside(
    r"(?:thanks|thank you)(?: so much| very much)? for (?:subscribing|signing up|joining|registering|confirming|your (?:order|purchase|payment|subscription))", r"(?:you're|you are|you have been|you've been) (?:now |successfully |officially )?(?:subscribed|registered|signed up|added to|in!|on the list)", r"your subscription (?:to .{0,60} )?(?:is|has been) (?:now )?(?:confirmed|active|activated|renewed|cancell?ed)", r"welcome aboard|welcome to the (?:family|club|community|list)", r"(?:click|tap|use|press) .{0,40}(?:to|and) (?:confirm|verify|activate|reset|complete)", r"(?:confirm|verify) your (?:subscription|e-?mail|address|account)", r"(?:your|the) (?:verification|security|login|one-time|confirmation) code (?:is|:)", r"(?:we received|you requested) a request|you (?:recently )?requested (?:a |to )", r"order (?:number|no|#)|amount (?:paid|due|charged)|invoice (?:number|no|#|date)",
    r"(?:vielen )?dank für (?:ihre|deine|die) (?:anmeldung|registrierung|bestellung|interesse)", r"(?:sie haben|du hast) (?:sich|dich) .{0,40}(?:angemeldet|registriert)", r"bestätigen sie .{0,40}(?:anmeldung|e-?mail|adresse|klick)|bestätige .{0,40}(?:anmeldung|e-?mail|adresse)|um .{0,60}anmeldung .{0,30}(?:abzuschließen|zu bestätigen)", r"rechnungs(?:nummer|betrag)|bestellnummer",
    r"grazie per (?:l'iscrizione|esserti (?:iscritt|registrat)|la (?:tua )?(?:iscrizione|registrazione)|il tuo (?:acquisto|ordine))", r"(?:la tua )?iscrizione (?:è |è stata )(?:confermata|attiva|completata|avvenuta)|ti sei (?:iscritt|registrat)", r"(?:clicca|fai clic|premi) .{0,50}(?:per |e )conferma|conferma .{0,25}(?:iscrizione|indirizzo|e-?mail)", r"numero (?:d'ordine|di fattura|ordine)",
    r"merci (?:de|pour) (?:votre|ton|vous être|t'être) ?(?:inscription|abonnement|inscrit|abonné|commande)", r"(?:votre|ton) (?:inscription|abonnement) (?:est|a été) (?:confirmée?|validée?|active?)", r"(?:cliquez|clique) .{0,50}(?:pour|afin de) (?:confirmer|valider|activer)|confirmez (?:votre|ton)", r"numéro de (?:commande|facture)",
    r"gracias por (?:suscribirte|registrarte|tu (?:suscripción|registro|compra|pedido))", r"(?:tu|su) suscripción (?:está|ha sido) (?:confirmada|activa)", r"haz clic .{0,50}para (?:confirmar|activar|verificar)|confirma (?:tu|su)", r"número de (?:pedido|factura)",
    r"ขอบคุณ(?:ที่|สำหรับการ)(?:สมัคร|ลงทะเบียน|ติดตาม|สั่งซื้อ)", r"(?:คลิก|กด).{0,30}(?:เพื่อ|)ยืนยัน", r"การสมัคร(?:สมาชิก)?(?:ของคุณ)?(?:เสร็จ|สำเร็จ|ได้รับการยืนยัน)", r"หมายเลข(?:คำสั่งซื้อ|ใบแจ้งหนี้)",
)  # fmt: skip

# ---------------------------------------------------------------- small things

FORWARDED = re.compile(
    r"\W*(?:forwarded message|begin forwarded message|original message|weitergeleitete nachricht|ursprüngliche nachricht|anfang der weitergeleiteten nachricht|"
    r"messaggio inoltrato|messaggio originale|inizio messaggio inoltrato|message transféré|message d'origine|début du message (?:transféré|réexpédié)|"
    r"mensaje reenviado|mensaje original|inicio del mensaje reenviado|ข้อความที่ส่งต่อ|ข้อความต้นฉบับ)\W*",
    re.IGNORECASE,
)
FORWARD_FIELDS = {
    "from": re.compile(r"(?:from|von|da|de|จาก)\s*:\s*(.*)", re.IGNORECASE),
    "subject": re.compile(r"(?:subject|betreff|oggetto|objet|asunto|เรื่อง|หัวเรื่อง)\s*:\s*(.*)", re.IGNORECASE),
    "date": re.compile(r"(?:date|sent|datum|gesendet|data|inviato|envoyé|fecha|enviado|วันที่|ส่งเมื่อ)(?: \w+)?\s*:\s*(.*)", re.IGNORECASE),
    "to": re.compile(r"(?:to|an|a|à|para|cc|ถึง|reply-to|antwort an)\s*:\s*(.*)", re.IGNORECASE),
}  # fmt: skip
SUBJECT_PREFIX = re.compile(
    r"^(?:\s*(?:fwd?|fw|wg|i|r|re|aw|tr|rv|ref|rif|ส่งต่อ)\s*:\s*)+", re.IGNORECASE
)
GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|gm|hallo|liebe[rs]?|guten (?:tag|morgen|abend)|sehr geehrte[rs]?|moin|servus|ciao|salve|"
    r"buongiorno|buonasera|gentile|caro|cara|bonjour|bonsoir|salut|chère?|hola|buenos días|buenas tardes|estimad[oa]|querid[oa]|สวัสดี|เรียน)\b.{0,60}?[,!:–—]*",
    re.IGNORECASE,
)
READING_TIME = re.compile(
    r"\s*[(\[]\s*(?:~|about |ca\. ?)?\d+[\s-]*(?:min(?:ute)?s?\.?|minuten|minuti|minutos|นาที)\b[^)\]]{0,20}[)\]]\s*",
    re.IGNORECASE,
)

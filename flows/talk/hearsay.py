"""Tells trouble that somebody has now from trouble that is over, denied, supposed or another's; knows no trouble."""

from __future__ import annotations

import re
from typing import Final

_LINE: Final = re.IGNORECASE | re.VERBOSE

_BREAK: Final = re.compile(
    r"""[.:;!?,\n]+(?=\s|$) | (?<!\bno\ )(?<!\bnot\ )(?<!without\ ) ["()`|>“”«»] | \s[-\u2013\u2014]\s""", re.VERBOSE
)
_NOT: Final = re.compile(
    r"""\b(?: no | not | never | none | without | nor | neither | nobody | cannot
        | (?:is|are|do|does|did|was|were|have|has|had|wo|ca|could|would|should)n['\u2019]?t
        | kein\w* | nicht | nie | ohne | pas | plus | jamais | sans | sin | nunca | geen | niet | zonder | non | mai
        | senza | sem | nao | bez )\b (?: \s+ [\w'\u2019]+ ){0,3} \W* $""",
    _LINE,
)
_OVER: Final = re.compile(
    r"""\b(?: no\ (?:more|longer)\b(?!\ (?:valid|works?|accept|authori[sz]ed|allowed|permitted))
        | (?:not|\w+n['\u2019]t)\b [^.!?\n]{0,40} \b(?:any\ ?more|any\ longer)\b
        | (?<!not\ )(?<!n't\ )(?<!yet\ )(?<!be\ ) (?:gone|fixed|unlocked|re-?enabled|solved|resolved|sorted|went\ away
          |disappeared|stopped(?!\ (?:work|sync|respond|answer)ing))\b
        | (?<!not\ ) (?:it|that|this|all|everything|we|which|but|and)\ (?:now\ |all\ )?
          (?: works | worked\ now | (?:is|are)\ (?:now\ )?(?:fine|ok|okay|good|right|working|back) )\b
        | (?<!when\ )(?<!if\ )(?<!once\ )(?<!whether\ )
          \b(?:it|that)['\u2019]s\ (?:now\ )?(?:fine|ok|okay|good|right|working)\b(?!\W*\?)
        | \b(?:ah+|oh|aha),?\ (?:it|that)\ was\b
        | (?<!which\ )\bone\ is\ (?:now\ )?(?:right|fine|ok|correct)\b
        | \ball\ (?:green|good|fine|set|clear)\b(?!\W*\?)
        | (?<!get\ )\brid\ of\b | (?<!get\ )\bpast\ (?:the|that|this)\b
        | \b(?:works|fine|ok|okay|correct|good)\ (?:again|now)\b | now\ (?:it\ )?works
        | (?<!nicht\ )(?<!pas\ )(?<!pas\ encore\ )(?<!pas\ pu\ être\ )(?<!no\ )(?<!no\ está\ )(?<!non\ )(?<!não\ )
          (?<!niet\ ) \b(?: behoben | gelöst | erledigt | résolue?s? | réglée?s? | solucionad[oa] | resuelt[oa]
          | risolt[oa] | resolvid[oa] | opgelost )\b
        | (?:geht|funktioniert|klappt)\ (?:jetzt|wieder)(?!\ nicht)
        | jetzt\ (?:geht|funktioniert|klappt)(?!\ \w*\ ?nicht) | ist\ weg\b | sind\ weg\b
        | kein\w*\ \w+ (?:\ \w+){0,4} \ mehr\b
        | (?:ça|cela)\ (?:marche|fonctionne)\b(?!\ (?:toujours\ )?pas) | ya\ (?:funciona|no)\b )""",
    _LINE,
)
_RELAPSED: Final = re.compile(
    r"\b(?:and|but|yet|und|aber|mais|pero) (?:now|today|jetzt|heute|maintenant|ahora)\b[^.,!?]{0,40}"
    r"\b(?:not|\w+n['\u2019]t|no|again|fails?|nicht|kein\w*|wieder|pas)\b",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(
    r"""\b(?: yesterday | earlier
        | before(?!\ (?:or|i(?:['\u2019]m|\ am)\b
          |i\ (?!left|joined)|we|you|\w+ing|the\ (?:next|other|group|user|domains?|permissions?|steps?
          |polic|activat|account)
          |headers|messages?\ |completi|respon|handshake))
        | previously | formerly | used\ to | at\ first(?!\ (?:log|sign)) | back\ then
        | in\ the\ past | (?:in|during|at)\ (?:the|our|your|that)\ (?:\w+\ )?(?:demo|training|webinar|kick-?off)
        | last\ (?:week|month|time|year|night|quarter|\w+day) | (?:days?|weeks?|months?|hours?)\ ago
        | (?:was|were|had|did|got|\w+ed)\b [^.!?]{0,40} \ in\ (?:january|february|march|april|may|june|july|august
          |september|october|november|december)
        | gestern | früher | letzte\ woche | vorhin | damals | hier\ soir | la\ semaine\ dernière | ayer
        | la\ semana\ pasada )\b""",
    _LINE,
)
_NOW: Final = re.compile(
    r"""\b(?: still | again | today | now | just | currently | keeps? | since | same
        | (?:even\ )?though\ (?:i|we)\b | although | obwohl
        | (?:immer\ )?noch | wieder | heute | jetzt | seit | toujours | encore | maintenant | aujourd | depuis
        | todavía | sigue | otra\ vez | ahora | hoy | desde )\b""",
    _LINE,
)
_ANOTHERS: Final = re.compile(
    r"""\b(?: (?<!issued\ to\ )(?:an)?other | different | previous | former | old | last | some | many | most )\s+
          (?:\w+\s+)? (?:customers?|clients?|vendors?|compan(?:y|ies)|projects?|providers?|employers?|teams?|tools?
            |colleagues?)\b (?!\ (?:secret|id|credential))
        | \b (?:someone|somebody|anyone|anybody|people)\ else\b
          (?!['\u2019]?s?\ (?:\w+\ )?(?:changes|name|user|account|address)) | \bother\ people
        | \b (?:in|from|of|on|to|for|with|their|his|her)\ (?:the\ |an?\ |our\ )?
          (?:(?:old|other|previous|former|last|different)(?!\ (?:page|step|screen|field|part|order|menu|place|spot
            |password|secret|token|key|credential|one\b))
            |docs?|documentation|guide|manual|article|tutorial|blog|wiki|forum
            |runbook|knowledge\ base)\b
        | ^[^\w\n]* (?:please\ |pls\ |just\ )? (?:ignore|disregard|forget|never\ ?mind|ignorier\w*|vergiss)\b
        | [,;.\u2013\u2014-]\s*(?:please\ |pls\ |just\ |so\ )? (?:ignore|disregard|never\ ?mind|ignorier\w*|vergiss)
          (?:\ (?:it|that|this|me|das|es|bitte))*\W*$
        | \b (?:docs?|documentation|guide|manual|article|tutorial|wiki|runbook)\b [^.!?\n]{0,20}
          \b (?:says?|mentions?|lists?|explains?)
        | \b (?:ignore|disregard)\ (?:the|this|that)\ (?:link|url|address)\b
        | \b unit[ -]tests? | \.py:: | \b(?:ora-\d{4,5}|aadsts\d+|e00000\d\d)\b
        | \b (?:defect|bug|ticket|incident)\b [^.\n]{0,60} \bclosed\b (?!\ (?:by\ mistake|too\ (?:soon|early)))
        | test[ -](?:case|suite|fixture)s? | fixtures?
          | mock(?:s|ed|ing)? | stub(?:s|bed|bing)?\b
        | \b (?:bank|paypal|amazon|apple|google|netflix|icloud|e-?mail|mailbox|slack|okta|windows|vpn|zoom)\ account\b
        | \b (?:our|the|their|an?)\ (?:boomi|mulesoft|sailpoint|workato|azure|entra|okta|fivetran|airbyte|snaplogic
          |informatica|jitterbit|celigo|zapier|power\ automate|adp|kronos|ukg|dayforce|greenhouse|icims|servicenow
          |sap|successfactors|oracle|netsuite|concur|coupa|hubspot|snowflake|databricks|tableau|power\ bi|bamboohr
          |personio|docusign|zendesk|intune|onelogin|jumpcloud|datev|ariba)
          \ (?:process|job|flow|recipe|connector|aggregation|import|sync|pipeline|provisioning|integration|interface)\b
        | \b (?<!on\ ) my\ (?:laptop|phone|pc|mac|bank|wife|husband|kids?|son|daughter|wi-?fi|internet|vpn|e?mail
            |windows|home|router)\b
        | \b (?:our|the|my)\ (?:intranet|sharepoint|jira|confluence|outlook|wiki|crm|erp|help\ ?desk
            |(?<!in\ the\ )(?<!in\ my\ )browser)\b(?!\ to\b)
        | \b (?:hotel|airport|train|caf[eé]|restaurant|guest|home)\ (?:wi-?fi|wlan|internet|network)\b
        | \b (?:bank|insurance|tax|travel|school|supplier)(?:['\u2019]s)?\ (?:portal|app|site|website|log-?in)\b
        | \b (?:power\ bi|tableau|excel|vpn|adp|concur|zoom|teams|outlook|webex|gmail|google|okta|ping|duo|ldap
            |active\ directory|linkedin|netflix|paypal|spotify|1password|lastpass|bitwarden)\ (?:\w+\ )?
          (?:says?|said|tells|told|shows?|gives?|keeps|wants|asks|log-?in|password)\b
        | \b \w+\ (?:from|at)\ (?!workday|your|the\b)\w+\ (?:got|had|has|gets?|saw|sees)\b
        | ^[^\w\n]*fyi\ from\b
        | \b (?!(?:workday|system|page|screen|task|app|bot|card|it|i|we|you|this|that|which|message|still|and|but)\b)
          \w+
          \ (?:said|says|told\ (?:me|us)|mentioned|reckons|thinks|meinte?|sagte?)
          \ (?:that\ |dass\ )?(?:he|she|they|er|sie|it\ (?:says|shows|gives))\b
        | \b (?:she|he|they)\ (?:was|were|is|are|has|have|had|got|gets?|saw|sees?)\b""",
    _LINE,
)
_APART: Final = re.compile(
    r"\b(?<!not )unrelated\b|\b(?:nothing to do with|not related to) (?:this|that|it|you|us|workday)\b", re.IGNORECASE
)
_OTHER_PRODUCT: Final = re.compile(
    r"""\b(?: git(?:hub|lab)? | bitbucket | jenkins | docker | jira | confluence | npm | s?ftps? | smtp | imap
        | wi-?fi | wlan | citrix | rdp | exchangeonline | exchange\ (?:online|server) | microsoft\ exchange
        | sharepoint | salesforce | successfactors | netsuite | quickbooks | hubspot
        | sql\ server | postgres\w* | sqlstate )\b
        | ^(?:remote|windows|google):\  | \b5\d\d\ 5\.\d\.\d """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
"""What refuses people in the same words as Workday, and is not asked for Workday's data."""
_SUPPOSED: Final = re.compile(
    r"""\b(?: (?:if|unless|in\ case)\ (?:\w+\ )?(?:you|we|they|it|i|one|someone|somebody|anybody|that|this|an?|the)\b
        | (?:can|could|may|might)\ (?:also\ )?mean\b | i\ (?:read|heard|learned)\ (?:that|somewhere)\b
        | (?<!why\ )\b(?:does|do|did)\b [^.!?]{0,50} \b(?:come\ up|happen|occur|appear|show\ up)\b .*\?
        | when(?:ever)?\ (?:you|one|someone|somebody)\b | (?:suppose|supposing|imagine|assuming)\b
        | wonder\w*\ (?:if|whether) | what\ if | what\ (?:happens|would\ happen)
        | (?:did|has|have)\ (?:any|some)(?:one|body)\ (?:else\ |here\ )?(?:ever\ )?(?:see|seen|get|got|had)\b
        | (?:will|would|could|can|may|might)\ (?:\w+\ ){1,4}? (?:get|see|be(?!\ (?:why|because|the\ (?:reason|cause)))
          |mean|happen|cause|lock|expire)\b .*\?
        | falls\ | wenn\ (?:\w+\ )?(?:du|sie|ihr|wir|man|es|ich)\b
        | si\ (?:vous|on|tu|nous|usted|ves|aparece|sale)\b )""",
    _LINE,
)
_TURNS: Final = re.compile(
    r"\b(?:but|yet|however|though|except|aber|trotzdem|dennoch|jedoch|mais|pourtant|pero|sin embargo|maar|mas|porem|ma"
    r"|tuttavia)\b[^.!?\n]{0,60}$",
    re.IGNORECASE,
)
_STILL: Final = re.compile(
    r"\b(?:still|immer noch|noch immer|toujours|encore|todavia|sigue|nog steeds|ainda|ancora)\b[^.!?\n]{0,60}$",
    re.IGNORECASE,
)
"""In front of a fault these turn what was told before: it was solved, and it is there all the same."""
_FOOTER: Final = re.compile(
    r"^[^\w\n]*(?:confidential\w*|disclaimer|caution|external (?:e-?mail|sender)|this (?:e-?mail|message)"
    r"|vertraulich\w*|diese (?:e-?mail|nachricht)|ce (?:message|courriel)|este (?:correo|mensaje)"
    r"|dit bericht|esta mensagem)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)
"""What mail programs put around a message says nothing about it."""
_COPIED: Final = re.compile(
    r"```.*?```|<[^<>]{1,400}>|\{[^{}]{1,400}\}|^[ \t]+at [\w.$]+\(.*\)$", re.DOTALL | re.MULTILINE
)
_LONGEST_TALK: Final = 600
"""Characters; what is longer was copied, and the words of a copied text say nothing about now."""
_AHEAD: Final = 80
"""Characters in front of a fault among which a denial is looked for."""


def is_hearsay(text: str) -> bool:
    """Tell whether a message speaks of trouble as over, supposed or another's, rather than of its own."""
    return is_told(text) or is_supposed(text)


def is_supposed(text: str) -> bool:
    """Tell whether a message speaks of trouble that there might be."""
    return _SUPPOSED.search(_talk(text)) is not None


def is_told(text: str) -> bool:
    """Tell whether a message speaks of trouble as over or another's; a question may well suppose something."""
    return is_anothers(text) or is_over(text)


def is_anothers(text: str) -> bool:
    """Tell whether a message speaks of somebody else's trouble."""
    return _ANOTHERS.search(_talk(text)) is not None


def is_over(text: str) -> bool:
    """Tell whether a message speaks of what is over, or of nothing of ours."""
    talk = _talk(text)
    if (_OVER.search(talk) and not _RELAPSED.search(talk)) or _APART.search(talk):
        return True
    return bool(_BEFORE.search(talk)) and not _NOW.search(talk)


def is_turned(text: str, at: int) -> bool:
    """Tell whether what stands at this place of a `plain` text is there again, although trouble was told as over."""
    before, behind = text[:at], text[at:]
    if _APART.search(text) or _OVER.search(behind) or _BEFORE.search(behind):
        return False
    return bool(_TURNS.search(before) or (_STILL.search(before) and not _ANOTHERS.search(before)))


def is_other_product(text: str) -> bool:
    """Tell whether a text names a product that refuses people by itself, and not Workday."""
    return "workday" not in text.lower() and _OTHER_PRODUCT.search(text) is not None


def _talk(text: str) -> str:
    """Return what somebody wrote, without what was copied; nothing of a text that is copied as a whole."""
    talk = _FOOTER.sub(" ", _COPIED.sub(" ", text))
    return talk if len(talk) <= _LONGEST_TALK else ""


def is_denied(text: str, at: int) -> bool:
    """Tell whether what stands at this place of a `plain` text is denied by the words in front of it."""
    return _NOT.search(_BREAK.split(text[max(0, at - _AHEAD) : at])[-1]) is not None

"""The forms of keys and tokens, as their issuers publish them so that scanners can find them.

Sources: the issuers' own documentation where an address stands beside, else what the rules of
gitleaks 8 (github.com/gitleaks/gitleaks) and detect-secrets 1.5 (github.com/Yelp/detect-secrets)
state as a fact: the beginning, the alphabet and the length. A group in a pattern is the part that
must not read like words or a stand-in; without one, it is all. No repetition is without a bound:
a text of a million beginnings must not take a million times as long.
"""

from typing import NamedTuple

from tunesmith.bot.messages import Message, say


class Form(NamedTuple):
    """One kind of key or token."""

    kind: Message
    pattern: bytes


def _key(issuer: str, pattern: bytes) -> Form:
    return Form(say("finding.secret.issuer_key", issuer=issuer), pattern)


def _api_key(issuer: str, pattern: bytes) -> Form:
    return Form(say("finding.secret.issuer_api_key", issuer=issuer), pattern)


def _token(issuer: str, pattern: bytes) -> Form:
    return Form(say("finding.secret.issuer_token", issuer=issuer), pattern)


_UUID = rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_END = rb"(?![\w-])"

_MODELS = (
    # docs.anthropic.com/en/api/admin-api
    _api_key("Anthropic", rb"sk-ant-[a-z0-9]{3,10}-([\w-]{32,300})"),
    # platform.openai.com/docs/api-reference/authentication
    _api_key("OpenAI", rb"sk-(?:proj|svcacct|service|admin|None)-([\w-]{32,300})"),
    _api_key("OpenRouter", rb"sk-or-v\d-([0-9a-f]{32,300})"),
    _api_key("Langfuse", rb"sk-lf-(" + _UUID + rb")"),
    # OpenAI's first form; DeepSeek, Moonshot, DashScope and others copy it.
    Form(
        say("finding.secret.api_key"),
        rb"sk-((?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{32,300})" + _END,
    ),
    _api_key("ElevenLabs", rb"sk_([0-9a-f]{48})" + _END),
    _api_key("Groq", rb"gsk_([A-Za-z0-9]{40,300})"),
    _api_key("xAI", rb"xai-([A-Za-z0-9]{60,300})"),
    _api_key("Perplexity", rb"pplx-([A-Za-z0-9]{40,300})"),
    _api_key("Cerebras", rb"csk-([a-z0-9]{40,300})"),
    _api_key("NVIDIA", rb"nvapi-([\w-]{60,300})"),
    _api_key("Together", rb"tgp_v1_([\w-]{40,300})"),
    _api_key("Tavily", rb"tvly-(?:dev-|prod-)?([A-Za-z0-9]{30,300})"),
    _api_key("Pinecone", rb"pcsk_(\w{60,300})"),
    _api_key("Jina", rb"jina_([\w-]{60,300})"),
    _api_key("Firecrawl", rb"fc-([0-9a-f]{32})" + _END),
    _api_key("LangSmith", rb"lsv2_(?:pt|sk)_([0-9a-f]{32}_[0-9a-f]{10})"),
    # huggingface.co/docs/hub/security-tokens
    _token("Hugging Face", rb"(?:hf|api_org)_([A-Za-z0-9]{30,300})"),
    _token("Replicate", rb"r8_([A-Za-z0-9]{37,300})"),
)
_CODE_HOSTS = (
    # github.blog/engineering/behind-githubs-new-authentication-token-formats
    _token("GitHub", rb"gh[pousr]_([A-Za-z0-9]{36,300})"),
    _token("GitHub", rb"github_pat_(\w{60,300})"),
    # docs.gitlab.com/security/tokens, "Token prefixes"
    _token(
        "GitLab",
        rb"gl(?:pat|dt|rt|rtr|cbt|ptt|ft|soat|agent|imt|ffct|oas|wt)-([\w.-]{20,300})",
    ),
    _token("GitLab", rb"GR1348941([\w-]{20,300})"),
    _token("Bitbucket", rb"ATBB([A-Za-z0-9]{32})" + _END),
    _token("Atlassian", rb"AT[AC]TT3([\w=-]{180,2000})"),
    _token("Sourcegraph", rb"sgp_(?:[a-fA-F0-9]{16}_|local_)?([a-fA-F0-9]{40})" + _END),
    _token("CircleCI", rb"CCI(?:PAT|PRJ)_([A-Za-z0-9]{20,300}_[0-9a-f]{40})"),
    _token("SonarQube", rb"sq[upa]_([a-f0-9]{40})" + _END),
    # docs.npmjs.com/about-access-tokens, pypi.org/help/#apitoken
    _token("npm", rb"npm_([A-Za-z0-9]{36})" + _END),
    _token("PyPI", rb"pypi-(AgE[\w-]{40,300})"),
    _token("RubyGems", rb"rubygems_([a-f0-9]{48})" + _END),
    _key("NuGet", rb"oy2([a-z0-9]{43})" + _END),
    _token("Clojars", rb"(?:CLOJARS|clojars)_([A-Za-z0-9]{60})"),
    _key("Artifactory", rb"AKCp([A-Za-z0-9]{69,300})"),
    _token("Artifactory", rb"cmVmd([A-Za-z0-9]{59})" + _END),
    _token("Docker", rb"dckr_(?:pat|oat)_([\w-]{27,300})"),
)
_CLOUDS = (
    # docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    Form(
        say("finding.secret.aws_access_key"),
        rb"A(?:[KS]IA|BIA|CCA|3T[A-Z0-9])([A-Z2-7]{16})(?![A-Za-z0-9])",
    ),
    _key("Amazon Bedrock", rb"ABSK([A-Za-z0-9+/]{100,2000}=*)"),
    _key("Amazon Bedrock", rb"bedrock-api-key-(\w{40,300}=*)"),
    # docs.cloud.google.com/docs/authentication/api-keys
    _api_key("Google", rb"AIza([\w-]{35})" + _END),
    Form(
        say("finding.secret.google_oauth"),
        rb"(?:GOCSPX-([\w-]{28})|ya29\.([\w-]{30,300})|1//0([\w-]{40,300}))",
    ),
    # learn.microsoft.com/azure/storage/common/storage-account-keys-manage
    Form(
        say("finding.secret.azure_storage_key"),
        rb"AccountKey=([A-Za-z0-9+/]{86}==)",
    ),
    _key("Azure", rb"SharedAccessKey=([A-Za-z0-9+/]{42,300}=)"),
    _key("Alibaba Cloud", rb"LTAI([A-Za-z0-9]{12,26})" + _END),
    _key("Tencent Cloud", rb"AKID([A-Za-z0-9]{32})" + _END),
    _key("Volcengine", rb"AKLT([A-Za-z0-9+/=_-]{40,300})"),
    _key("Baidu Cloud", rb"bce-v3/(ALTAK-[A-Za-z0-9]{20,40}/[0-9a-f]{40})"),
    _key("Naver Cloud", rb"ncp_iam_([A-Za-z0-9]{20,300})"),
    _key("Yandex", rb"(?:AQVN([\w-]{35,38})|YCAJ([\w-]{21,300})|YCM([\w-]{37,300}))" + _END),
    # docs.digitalocean.com/reference/api/create-personal-access-token
    _token("DigitalOcean", rb"do[opr]_v1_([a-f0-9]{64})"),
    _token("Databricks", rb"dapi([a-f0-9]{32})(?:-\d)?" + _END),
    _token("Heroku", rb"HRKU-([\w-]{58,300})"),
    _token("Cloudflare", rb"cf(?:k|ut|at)_([A-Za-z0-9]{40,300})"),
    _key("Cloudflare", rb"v1\.0-([a-f0-9]{24}-[a-f0-9]{146})"),
    _token("Vercel", rb"(?:vc[pkiar]|vercel_blob_rw)_(\w{24,300})"),
    _token("Netlify", rb"nf[pcoub]_([A-Za-z0-9]{36,300})"),
    _token("Supabase", rb"sbp_(?:v\d_)?([a-f0-9]{40})"),
    _key("Supabase", rb"sb_secret_([\w-]{22,300})"),
    _token("Fly", rb"(?:fo1_([\w-]{43})|fm[12][ar]?_([\w+/-]{80,300}=*))"),
    _token("PlanetScale", rb"pscale_(?:tkn|pw|oauth)_([\w=.-]{32,300})"),
    _key("Neon", rb"napi_([a-z0-9]{60,300})"),
    _token("Scalingo", rb"tk-us-([\w-]{48})" + _END),
    _key("ClickHouse", rb"4b1d([A-Za-z0-9]{38})" + _END),
    _token("OpenShift", rb"sha256~([\w-]{43})" + _END),
    _token("Vault", rb"hv[sbr]\.([\w-]{24,300})"),
    _token("Pulumi", rb"pul-([a-f0-9]{40})" + _END),
    _token("Prefect", rb"pnu_([a-z0-9]{36})" + _END),
    _key("Tailscale", rb"tskey-[a-z]{2,12}-([A-Za-z0-9]{4,40}-[A-Za-z0-9]{20,300})"),
    _token("Doppler", rb"dp\.(?:pt|st|ct|sa|scim|audit)\.([\w.-]{40,300})"),
    _key("Infracost", rb"ico-([A-Za-z0-9]{32})(?![\w.-])"),
    _token("Harness", rb"(?:pat|sat)\.([\w-]{22}\.[a-f0-9]{24}\.[A-Za-z0-9]{20})" + _END),
    _key("Octopus Deploy", rb"API-([A-Z0-9]{26})" + _END),
    _token("Dynatrace", rb"dt0[a-z]\d\d\.([A-Z0-9]{24}\.[A-Z0-9]{64})"),
    _token("Defined Networking", rb"dnkey-([\w=-]{26}-[\w=-]{52})"),
    _key("1Password", rb"A3-([A-Z0-9]{6}-[A-Z0-9-]{11,12}(?:-[A-Z0-9]{5}){3})" + _END),
    _token("1Password", rb"ops_(eyJ[A-Za-z0-9+/]{200,2000}=*)"),
    _key("age", rb"AGE-SECRET-KEY-1([QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})"),
    _key("MaxMind", rb"([A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)" + _END),
    _token(
        "Authress",
        rb"(?:sc|ext|scauth|authress)_(\w{5,30}\.\w{4,6}\.acc[_-][\w-]{4,60}\.[\w+/=-]{30,300})",
    ),
)  # fmt: skip
_SERVICES = (
    # docs.stripe.com/keys
    _key("Stripe", rb"[sr]k_(?:live|test|prod)_([A-Za-z0-9]{24,300})"),
    _key("Stripe", rb"whsec_([A-Za-z0-9+/]{32,300}=*)"),
    # api.slack.com/concepts/token-types
    _token("Slack", rb"xox[abeoprs]-((?=\D*\d)[\w-]{20,300})"),
    _token("Slack", rb"xoxe\.xox[bp]-\d-([A-Za-z0-9]{100,2000})"),
    _token("Slack", rb"xapp-\d-([\w-]{24,300})"),
    Form(
        say("finding.secret.slack_webhook"),
        rb"hooks\.slack\.com/(?:services|workflows|triggers)/[\w-]{1,40}/[\w-]{1,40}/([\w/+-]{20,300})",
    ),
    Form(
        say("finding.secret.webhook"),
        (rb"(?:(?:ptb\.|canary\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{17,20}/([\w-]{60,300})"
                   rb"|[a-z0-9]{1,60}\.webhook\.office\.com/webhookb2/([\w@-]{20,120}/IncomingWebhook/[a-z0-9]{32}/[\w-]{36}))"),
    ),
    _token("Discord", rb"([MNO][A-Za-z0-9_-]{22,27}\.[\w-]{6}\.[\w-]{27,38})" + _END),
    # twilio.com/docs/sendgrid/ui/account-and-settings/api-keys
    _api_key("SendGrid", rb"SG\.([\w-]{20,24}\.[\w-]{39,50})"),
    _key("Twilio", rb"SK([0-9a-f]{32})" + _END),
    _key("Mailgun", rb"key-([0-9a-f]{32})" + _END),
    _key("Brevo", rb"xkeysib-([a-f0-9]{64}-[A-Za-z0-9]{16})"),
    _key("Resend", rb"re_([A-Za-z0-9]{8}_[A-Za-z0-9]{24})" + _END),
    # shopify.dev/docs/apps/build/authentication-authorization
    _token("Shopify", rb"shp(?:at|ca|pa|ss)_([a-fA-F0-9]{32})"),
    _token("Square", rb"sq0[a-z]{3}-([\w-]{22,300})"),
    _token("Square", rb"EAAA([\w-]{56,64})" + _END),
    _token("Facebook", rb"EAA[A-Z]([A-Za-z0-9]{80,300})"),
    _key("Flutterwave", rb"FLWSECK(?:_TEST)?-([A-Za-z0-9]{12,300})(?:-X)?"),
    _token("Duffel", rb"duffel_(?:test|live)_([\w=-]{43})"),
    _key("EasyPost", rb"EZ[AT]K([A-Za-z0-9]{54})" + _END),
    _token("Shippo", rb"shippo_(?:live|test)_([a-f0-9]{40})" + _END),
    _key("Razorpay", rb"rzp_(?:live|test)_([A-Za-z0-9]{14})" + _END),
    _key("Toss Payments", rb"(?:live|test)_g?sk_([A-Za-z0-9]{24,300})"),
    _key("Lob", rb"(?:live|test)_([a-f0-9]{35})" + _END),
    _token("GoCardless", rb"live_([\w=-]{40})" + _END),
    _token("Plaid", rb"access-(?:sandbox|development|production)-(" + _UUID + rb")"),
    # developers.notion.com/changelog (2024-09-25)
    _token("Notion", rb"ntn_(\d{11}[A-Za-z0-9]{35})"),
    _token("Notion", rb"secret_([A-Za-z0-9]{43})" + _END),
    _key("Linear", rb"lin_(?:api|oauth|wh)_([A-Za-z0-9]{32,300})"),
    _token("Figma", rb"fig(?:d|dr|o|u|ur|or)_([\w-]{40,300})"),
    _key("Postman", rb"PMAK-([a-f0-9]{24}-[a-f0-9]{34})"),
    _token("Airtable", rb"pat(\w{14}\.[a-f0-9]{64})" + _END),
    _token("Sentry", rb"(?:sntrys_([\w+/=]{60,300})|sntryu_([a-f0-9]{64}))"),
    _key("New Relic", rb"NR(?:AK|JS|II|IQ|RA|SP|AA)-([A-Za-z0-9_-]{19,300})"),
    _token("Grafana", rb"glsa_([A-Za-z0-9]{32}_[A-Fa-f0-9]{8})"),
    _token("Grafana", rb"glc_([A-Za-z0-9+/]{32,300}={0,2})"),
    _token("HubSpot", rb"pat-(?:na|eu|ap)\d-(" + _UUID + rb")"),
    _token("LaunchDarkly", rb"(?:api|sdk)-(" + _UUID + rb")"),
    _token("Contentful", rb"CFPAT-([\w-]{43})"),
    _token("Frame.io", rb"fio-u-([\w=-]{64})"),
    _key("ReadMe", rb"rdme_([a-z0-9]{70})"),
    _token("Typeform", rb"tfp_([\w=.-]{59})"),
    _token("Dropbox", rb"sl\.([\w=-]{130,2000})"),
    _key("Adobe", rb"p8e-([A-Za-z0-9]{32})" + _END),
    _token("Mapbox", rb"sk\.(eyJ[\w-]{20,300}\.[\w-]{20,300})"),
)  # fmt: skip

_WITHOUT_PREFIX = (
    # core.telegram.org/bots/features#botfather
    Form(
        say("finding.secret.telegram_bot_token"),
        rb"(?<=\d{5}:)(AA[\w-]{32,33})" + _END,
    ),
    # developers.kakao.com/docs/latest/ko/rest-api/reference
    _key("Kakao", rb"(?<=KakaoAK )([0-9a-f]{32})(?!\w)"),
    _token("Asana", rb"(?<=\d{16}:)([0-9a-f]{32})(?!\w)"),
    _key("Mailchimp", rb"([0-9a-f]{32}-us\d{1,2})(?!\w)"),
    _key("New Relic", rb"([0-9a-f]{36}NRAL)(?!\w)"),
    _token("Terraform", rb"([A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70})"),
    _key("Azure", rb"([A-Za-z0-9]{40,56}JQQJ99[A-Za-z0-9]{20,40})(?!\w)"),
    _token("Azure DevOps", rb"([A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})(?!\w)"),
)

FORMS: tuple[Form, ...] = (
    *_MODELS,
    *_CODE_HOSTS,
    *_CLOUDS,
    *_SERVICES,
    *_WITHOUT_PREFIX,
    # RFC 7519
    Form(
        say("finding.secret.json_web_token"),
        rb"eyJ[\w-]{8,4000}+\.eyJ[\w-]{8,4000}\.[\w-]{16,700}",
    ),
)
# How those of less than 31 bytes begin: no run of token characters shows them.
SHORT_BEGINNINGS = (b"AKIA", b"ASIA", b"LTAI", b"gl", b"sq0", b"API-", b"hvs.", b"rzp_", b"GR1348")
# learn.microsoft.com/rest/api/storageservices/create-service-sas; in Azure AD's, a tilde stands
# within. Both hold characters that no run of token characters does.
INTERRUPTED_FORMS = (
    (b"Q~", _key("Azure", rb"(?<![\w~.-])([\w~.]{3}\dQ~[\w~.-]{31,34})(?![\w~-])")),
    (b"sig=", _key("Azure", rb"(?<=[?&;])sig=([A-Za-z0-9%/+]{40,300}(?:=|%3[Dd])?)")),
)

"""A labelled set: what is a secret or personal data, and what only looks like it.

In a template, {b62:20} stands for 20 characters made up of that alphabet, so that no scanner takes
this file for a leak. The same template always gives the same text.
"""

import random
import re
import string
from pathlib import Path

_ALPHABETS = {
    "b62": string.ascii_letters + string.digits,
    "b36": string.ascii_lowercase + string.digits,
    "up": string.ascii_uppercase + string.digits,
    "b32": string.ascii_uppercase + "234567",
    "b64": string.ascii_letters + string.digits + "+/",
    "url": string.ascii_letters + string.digits + "-_",
    "let": string.ascii_letters,
    "hex": "0123456789abcdef",
    "num": string.digits,
}
_UUID = "{hex:8}-{hex:4}-4{hex:3}-a{hex:3}-{hex:12}"


def filled(template: str, seed: int = 0) -> str:
    """The template with what is made up in it."""
    chance = random.Random(f"{seed} {template}")
    template = template.replace("{uuid}", _UUID)

    def made_up(found: re.Match[str]) -> str:
        letters, count = _ALPHABETS[found[1]], int(found[2])
        while True:
            text = "".join(chance.choices(letters, k=count))
            # As generators of keys do in practice: a long key is never without a digit.
            if found[1] == "let" or count < 12 or any(map(str.isdigit, text)):
                return text

    return re.sub(r"\{(\w+):(\d+)\}", made_up, template)


TOKENS = {
    "Anthropic API key": "sk-ant-api03-{url:93}AA",
    "Anthropic API key, admin": "sk-ant-admin01-{url:93}AA",
    "OpenAI API key": "sk-proj-{url:74}T3BlbkFJ{url:74}",
    "OpenAI API key, service": "sk-svcacct-{url:58}T3BlbkFJ{url:58}",
    "OpenAI API key, admin": "sk-admin-{url:58}T3BlbkFJ{url:58}",
    "API key": "sk-{b62:20}T3BlbkFJ{b62:20}",
    "API key, hexadecimal": "sk-{hex:32}",
    "OpenRouter API key": "sk-or-v1-{hex:64}",
    "Langfuse API key": "sk-lf-{uuid}",
    "ElevenLabs API key": "sk_{hex:48}",
    "Groq API key": "gsk_{b62:52}",
    "xAI API key": "xai-{b62:80}",
    "Perplexity API key": "pplx-{b62:48}",
    "Cerebras API key": "csk-{b36:48}",
    "NVIDIA API key": "nvapi-{url:64}",
    "Together API key": "tgp_v1_{url:43}",
    "Tavily API key": "tvly-dev-{b62:32}",
    "Pinecone API key": "pcsk_{b62:64}",
    "Jina API key": "jina_{b62:60}",
    "Firecrawl API key": "fc-{hex:32}",
    "LangSmith API key": "lsv2_pt_{hex:32}_{hex:10}",
    "Hugging Face token": "hf_{let:34}",
    "Replicate token": "r8_{b62:37}",
    "GitHub token": "ghp_{b62:36}",
    "GitHub token, server": "ghs_{b62:36}",
    "GitHub token, fine-grained": "github_pat_{b62:22}_{b62:59}",
    "GitLab token": "glpat-{url:20}",
    "GitLab token, routable": "glpat-{b62:27}.01.{hex:9}",
    "GitLab token, runner": "glrt-{url:20}",
    "GitLab token, registration": "GR1348941{url:20}",
    "Bitbucket token": "ATBB{b62:32}",
    "Atlassian token": "ATATT3{url:186}",
    "Sourcegraph token": "sgp_{hex:40}",
    "CircleCI token": "CCIPAT_{b62:22}_{hex:40}",
    "SonarQube token": "squ_{hex:40}",
    "npm token": "npm_{b62:36}",
    "PyPI token": "pypi-AgEIcHlwaS5vcmc{url:60}",
    "RubyGems token": "rubygems_{hex:48}",
    "NuGet key": "oy2{b36:43}",
    "Clojars token": "CLOJARS_{hex:60}",
    "Artifactory key": "AKCp{b62:69}",
    "Artifactory token": "cmVmd{b62:59}",
    "Docker token": "dckr_pat_{url:27}",
    "AWS access key ID": "AKIA{b32:16}",
    "AWS access key ID, temporary": "ASIA{b32:16}",
    "Amazon Bedrock key": "ABSK{b64:120}=",
    "Google API key": "AIza{url:35}",
    "Google OAuth secret": "GOCSPX-{url:28}",
    "Azure storage key": "AccountKey={b64:86}==",
    "Azure key": "https://x.blob.core.windows.net/c?sv=2023&sig={b62:42}%3D&se=2025",
    "Azure key, directory": "{b62:3}8Q~{b62:34}",
    "Azure key, bus": "SharedAccessKey={b64:43}=",
    "Alibaba Cloud key": "LTAI{b62:20}",
    "Tencent Cloud key": "AKID{b62:32}",
    "Volcengine key": "AKLT{b62:44}",
    "Baidu Cloud key": "bce-v3/ALTAK-{b62:22}/{hex:40}",
    "Naver Cloud key": "ncp_iam_{b62:30}",
    "Yandex key": "AQVN{url:36}",
    "DigitalOcean token": "dop_v1_{hex:64}",
    "Databricks token": "dapi{hex:32}",
    "Heroku token": "HRKU-AA{url:58}",
    "Cloudflare token": "cfut_{b62:48}",
    "Cloudflare key": "v1.0-{hex:24}-{hex:146}",
    "Vercel token": "vcp_{b62:56}",
    "Netlify token": "nfp_{b62:36}",
    "Supabase token": "sbp_{hex:40}",
    "Supabase key": "sb_secret_{url:31}",
    "Fly token": "fo1_{url:43}",
    "PlanetScale token": "pscale_tkn_{url:43}",
    "Neon key": "napi_{b36:64}",
    "Scalingo token": "tk-us-{url:48}",
    "ClickHouse key": "4b1d{b62:38}",
    "OpenShift token": "sha256~{url:43}",
    "Vault token": "hvs.{url:95}",
    "Pulumi token": "pul-{hex:40}",
    "Prefect token": "pnu_{b36:36}",
    "Tailscale key": "tskey-auth-{b62:12}CNTRL-{b62:32}",
    "Doppler token": "dp.pt.{b62:43}",
    "Infracost key": "ico-{b62:32}",
    "Harness token": "pat.{b62:22}.{hex:24}.{b62:20}",
    "Octopus Deploy key": "API-{up:26}",
    "Dynatrace token": "dt0c01.{b32:24}.{b32:64}",
    "Defined Networking token": "dnkey-{b36:26}-{b36:52}",
    "1Password key": "A3-{up:6}-{up:6}-{up:5}-{up:5}-{up:5}-{up:5}",
    "1Password token": "ops_eyJ{b64:260}",
    "age key": "AGE-SECRET-KEY-1QPZ8R2Y9X7G5FT3VDW0S4JNKHCE6MUAL7QZ9P3RYX2GF8TVD5W0SJN4KHCE6MU7",
    "MaxMind key": "{b62:6}_{b62:29}_mmk",
    "Authress token": "sc_{b36:10}.{b36:4}.acc_{b36:10}.{b62:40}",
    "Stripe key": "sk_live_{b62:24}",
    "Stripe key, webhook": "whsec_{b62:32}",
    "Slack token": "xoxb-{num:12}-{num:13}-{b62:24}",
    "Slack token, app": "xapp-1-A{b32:10}-{num:13}-{hex:64}",
    "Slack webhook": "https://hooks.slack.com/services/T{b32:8}/B{b32:8}/{b62:24}",
    "webhook address": "https://discord.com/api/webhooks/{num:18}/{url:68}",
    "Discord token": "M{b62:23}.G{b62:5}.{url:38}",
    "SendGrid API key": "SG.{url:22}.{url:43}",
    "Twilio key": "SK{hex:32}",
    "Mailgun key": "key-{hex:32}",
    "Brevo key": "xkeysib-{hex:64}-{b62:16}",
    "Resend key": "re_{b62:8}_{b62:24}",
    "Shopify token": "shpat_{hex:32}",
    "Square token": "sq0atp-{url:22}",
    "Square token, newer": "EAAA{url:60}",
    "Facebook token": "EAAM{b62:120}",
    "Flutterwave key": "FLWSECK-{hex:32}-X",
    "Duffel token": "duffel_live_{url:43}",
    "EasyPost key": "EZAK{b62:54}",
    "Shippo token": "shippo_live_{hex:40}",
    "Razorpay key": "rzp_live_{b62:14}",
    "Toss Payments key": "live_gsk_{b62:32}",
    "Lob key": "live_{hex:35}",
    "GoCardless token": "live_{url:40}",
    "Plaid token": "access-production-{uuid}",
    "Notion token": "ntn_{num:11}{b62:35}",
    "Linear key": "lin_api_{b62:40}",
    "Figma token": "figd_{url:40}",
    "Postman key": "PMAK-{hex:24}-{hex:34}",
    "Airtable token": "pat{b62:14}.{hex:64}",
    "Asana token": "1/{num:16}:{hex:32}",
    "Sentry token": "sntryu_{hex:64}",
    "New Relic key": "NRAK-{b32:27}",
    "New Relic key, license": "{hex:36}NRAL",
    "Grafana token": "glsa_{b62:32}_{hex:8}",
    "HubSpot token": "pat-eu1-{uuid}",
    "LaunchDarkly token": "sdk-{uuid}",
    "Contentful token": "CFPAT-{url:43}",
    "Frame.io token": "fio-u-{url:64}",
    "ReadMe key": "rdme_{b36:70}",
    "Typeform token": "tfp_{b62:44}_{b62:14}",
    "Dropbox token": "sl.{url:140}",
    "Adobe key": "p8e-{b62:32}",
    "Mapbox token": "sk.eyJ{url:60}.{url:22}",
    "Telegram bot token": "{num:10}:AA{url:33}",
    "Kakao key": "Authorization: KakaoAK {hex:32}",
    "Mailchimp key": "{hex:32}-us12",
    "Terraform token": "{b62:14}.atlasv1.{b62:67}",
    "Azure DevOps token": "{b62:76}AZDO{b62:4}",
    "JSON Web Token": "eyJ{url:20}.eyJ{url:60}.{url:43}",
    "private key": "-----BEGIN RSA PRIVATE KEY-----\n{b64:64}\n-----END RSA PRIVATE KEY-----",
    "private key, in JSON": '"private_key": "-----BEGIN PRIVATE KEY-----\\nMII{b64:61}\\n"',
    "private key, PGP": "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 2\n\n{b64:64}\n",
    "password in a URL": "postgres://admin:{b62:12}@db.corp.net/main",
    "password in a URL, cache": "redis://:{b62:16}@cache.corp.net:6379/0",
    "password in a URL, code": "https://oauth2:{b62:20}@git.corp.net/x.git",
}  # fmt: skip

ASSIGNED = [
    'password = "{b62:12}"', "DB_PASSWORD={b62:14}", "password: hunter2",
    '"password": "Zx81!kqPw"', "passwd='{b62:10}#'", "PGPASSWORD={b62:16} psql -h db",
    "Server=db;User Id=sa;Password=Pr0d!2024x;Encrypt=true", "mysql --password={b62:12} shop",
    "sshd --password S3cr3t99x", "the password is Kx8!mQ2z", 'my new password is "hunter2"',
    "비밀번호: qwer1234!@", "비밀번호는 Kx9#mP2$vL입니다", "비번 : tiger!2048",
    "密码：aB3#fG6&kL9@", "密码是Xk9#mP2$v。", "パスワード: Zx81kqPw9",
    "암호는 'tiger!2048' 입니다", "CREATE USER app IDENTIFIED BY 'Zx81!kqP'",
    "ALTER ROLE app WITH PASSWORD 'Zx81kqPw'", "<password>Zx81kqPw</password>",
    '{"name": "DB_PASSWORD", "value": "Zx81kqPw"}', "- name: DB_PASSWORD\n  value: Zx81kqPw",
    "**Password:** `Zx81kqPw`", 'password: str = "{b62:12}"',
    'conn.login(user, password="{b62:10}!")', 'api_key = "{b62:32}"', "API_KEY={hex:32}",
    '"apiKey": "{b36:24}"', "x-api-key: {b62:40}", "export TOKEN={b62:32}",
    "const apiKey: string = '{b62:20}';", 'var apiToken string = "{b62:24}"',
    'os.environ["API_KEY"] = "{b62:24}"', "client_secret: {uuid}", "access_token={b62:64}&user=1",
    "Authorization: Bearer {b62:40}", '-H "Authorization: Bearer {url:43}"', "--token {b62:32}",
    "curl -u elastic:{b62:14} https://es.corp.net", "aws_secret_access_key = {b64:40}",
    "SECRET_KEY = 'django-insecure-{b62:30}#x@'", "토큰: {b62:24}", "密钥：{hex:32}",
    "令牌: {b62:24}", '{"arguments": "{\\"api_key\\": \\"{b62:24}\\"}"}',
    "NAVER_CLIENT_SECRET={b62:9}7", 'getenv("API_TOKEN", "{uuid}")', "encryption_key: {hex:64}",
    "the API key is {b62:32}.", "accessKeyId: LTAI{b62:20}, accessKeySecret: {b62:30}",
    "signing_secret => '{hex:32}'", "mysql -h db -u root -pQw{num:3}{b62:9} shop < dump.sql",
    "sshpass -p '{b62:12}' ssh deploy@build", "SECRET_KEY = 'x(mt6m%1ynm_m44)+n&l7ec8*qe'",
]  # fmt: skip

PERSONAL = {
    "e-mail address": [
        "min.kim@corp.co.kr", "a+b@mail.example-shop.de", "mailto:jane.w@bigco.io",
        "김민수 <minsu.kim@hanmail.net>", "邮箱：li.wei88@163.com",
        "contact: h.tanaka@nifty.ne.jp",
    ],
    "what looks like a card number": [
        "4539 1488 0343 6467", "379354508162306", "5425-2334-3010-9903", "4916338506082832",
        "카드번호는 9410-7698-7863-2848",
        "3793 545081 62306", "4024007198964305",
    ],
    "IBAN": [
        "GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "FR1420041010050500013M02606",
    ],
    "Korean resident registration number": [
        "900101-1234568", "주민번호 900101-1234568",
    ],
    "Chinese identity number": [
        "11010519491231002X", "440524198001010013",
    ],
    "US social security number": [
        "536-90-4399", "SSN: 536904399", "social security number 536 90 4399",
    ],
    "Japanese individual number": [
        "マイナンバー: 1234 5678 9018",
    ],
    "Brazilian taxpayer number": [
        "529.982.247-25",
    ],
    "passport number": [
        "passport number is X4738291C", "여권번호 M84736251", "passport no. C01X00T47",
        "护照号码：E28374651",
    ],
    "phone number": [
        "+44 20 7183 8750", "+82 10-2345-6789", "010-2345-6789", "02-312-3456", "139 1234 9876",
        "(212) 456-7890", "212-456-7890", "+1 415 735 2980", "电话：13912349876",
        "연락처 01023456789", "call 2124567890", "090-3456-7812", "03-3581-4111",
        "tel. +49 30 901820", "手机 139-1234-9876", "0531-82605999", "휴대폰: 010.9876.1234",
        "031-234-5670", "+86 139 1234 9876",
    ],
}  # fmt: skip

# Stand-ins, published examples, names of code, and numbers that are no one's: one a line.
_LINES = (Path(__file__).parent / "ordinary_texts.txt").read_text("utf-8").splitlines()
ORDINARY = [line.replace("\\n", "\n") for line in _LINES]

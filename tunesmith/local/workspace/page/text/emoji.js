/** Emoji short names as Slack spells them, for those that apps and people commonly use. */

const TABLE = `
+1 👍|-1 👎|100 💯|adhesive_bandage 🩹|alarm_clock ⏰|alien 👽|angry 😠|apple 🍎|arrow_down ⬇️|arrow_forward ▶️
arrow_heading_down ⤵️|arrow_left ⬅️|arrow_right ➡️|arrow_up ⬆️|arrows_counterclockwise 🔄|art 🎨
astonished 😲|balloon 🎈|ballot_box_with_check ☑️|bar_chart 📊|battery 🔋|beer 🍺|beers 🍻|bell 🔔
black_circle ⚫|black_large_square ⬛|black_square_button 🔲|blue_book 📘|blue_heart 💙|blush 😊|book 📖
bookmark 🔖|books 📚|boom 💥|brain 🧠|bread 🍞|briefcase 💼|broken_heart 💔|bug 🐛|bulb 💡|cake 🍰|calendar 📆
camera 📷|card_file_box 🗃️|card_index_dividers 🗂️|cat 🐱|chart_with_downwards_trend 📉|chart_with_upwards_trend 📈
checkered_flag 🏁|clap 👏|clipboard 📋|clock1 🕐|clock3 🕒|clock9 🕘|cloud ☁️|coffee ☕|confetti_ball 🎊
confused 😕|construction 🚧|cookie 🍪|cool 🆒|credit_card 💳|crossed_fingers 🤞|crown 👑|cry 😢
crystal_ball 🔮|cyclone 🌀|dart 🎯|date 📅|desktop_computer 🖥️|dizzy 💫|dog 🐶|dollar 💵|door 🚪
double_vertical_bar ⏸️|droplet 💧|eight 8️⃣|email 📧|envelope ✉️|exclamation ❗|eyes 👀
face_with_monocle 🧐|face_with_rolling_eyes 🙄|facepalm 🤦|fast_forward ⏩|file_cabinet 🗄️|file_folder 📁
fire 🔥|five 5️⃣|flag-cn 🇨🇳|flag-gb 🇬🇧|flag-kr 🇰🇷|flag-us 🇺🇸|floppy_disk 💾|four 4️⃣|gear ⚙️|gem 💎
ghost 👻|gift 🎁|globe_with_meridians 🌐|green_apple 🍏|green_book 📗|green_heart 💚|grey_question ❔
grin 😁|grinning 😀|hammer 🔨|hammer_and_wrench 🛠️|hand ✋|handshake 🤝|headphones 🎧|heart ❤️
heart_eyes 😍|heavy_check_mark ✔️|heavy_dollar_sign 💲|heavy_exclamation_mark ❗|heavy_minus_sign ➖
heavy_multiplication_x ✖️|heavy_plus_sign ➕|hourglass ⌛|hourglass_flowing_sand ⏳|house 🏠
hugging_face 🤗|hushed 😯|inbox_tray 📥|information_source ℹ️|innocent 😇|joy 😂|key 🔑|keyboard ⌨️
keycap_ten 🔟|label 🏷️|large_blue_circle 🔵|large_blue_square 🟦|large_green_circle 🟢
large_green_square 🟩|large_orange_circle 🟠|large_purple_circle 🟣|large_red_circle 🔴
large_red_square 🟥|large_yellow_circle 🟡|large_yellow_square 🟨|laughing 😆|leaves 🍃
left_right_arrow ↔️|link 🔗|lock 🔒|loud_sound 🔊|loudspeaker 📢|mag 🔍|mag_right 🔎|magic_wand 🪄
mailbox 📫|maple_leaf 🍁|mega 📣|memo 📝|microscope 🔬|mobile_phone_off 📴|money_with_wings 💸|moneybag 💰
moon 🌔|muscle 💪|musical_note 🎵|mute 🔇|nail_care 💅|neutral_face 😐|new 🆕|newspaper 📰|nine 9️⃣
no_entry ⛔|no_entry_sign 🚫|no_good 🙅|notebook 📓|notes 🎶|nut_and_bolt 🔩|ocean 🌊|ok 🆗|ok_hand 👌
one 1️⃣|open_file_folder 📂|open_mouth 😮|orange_book 📙|orange_heart 🧡|outbox_tray 📤|package 📦
page_facing_up 📄|page_with_curl 📃|paperclip 📎|partying_face 🥳|pause_button ⏸️|pencil 📝|pencil2 ✏️
pensive 😔|performing_arts 🎭|phone ☎️|pizza 🍕|point_down 👇|point_left 👈|point_right 👉|point_up ☝️
pray 🙏|pushpin 📌|question ❓|rabbit 🐰|rainbow 🌈|raised_hand ✋|raised_hands 🙌|receipt 🧾|recycle ♻️
red_circle 🔴|relaxed ☺️|relieved 😌|repeat 🔁|rewind ⏪|robot 🤖|robot_face 🤖|rocket 🚀|rose 🌹
rotating_light 🚨|round_pushpin 📍|runner 🏃|salute 🫡|saluting_face 🫡|scales ⚖️|scissors ✂️|scream 😱
scroll 📜|see_no_evil 🙈|seedling 🌱|seven 7️⃣|shield 🛡️|ship 🚢|shrug 🤷|six 6️⃣|skull 💀|sleeping 😴
slightly_frowning_face 🙁|slightly_smiling_face 🙂|smile 😄|smiley 😃|smirk 😏|snail 🐌|snowflake ❄️|sob 😭
sos 🆘|sparkle ❇️|sparkles ✨|sparkling_heart 💖|speech_balloon 💬|star ⭐|star2 🌟|stopwatch ⏱️
straight_ruler 📏|stuck_out_tongue 😛|sunglasses 😎|sunny ☀️|sunrise 🌅|sweat_smile 😅|tada 🎉|tea 🍵
telescope 🔭|test_tube 🧪|thermometer 🌡️|thinking 🤔|thinking_face 🤔|thought_balloon 💭|three 3️⃣
thumbsdown 👎|thumbsup 👍|timer_clock ⏲️|toolbox 🧰|traffic_light 🚦|triangular_flag_on_post 🚩
triangular_ruler 📐|trophy 🏆|turtle 🐢|two 2️⃣|umbrella ☔|unamused 😒|unicorn_face 🦄|unlock 🔓
upside_down_face 🙃|v ✌️|vertical_traffic_light 🚦|violin 🎻|warning ⚠️|wastebasket 🗑️|watch ⌚|wave 👋
white_check_mark ✅|white_circle ⚪|white_flower 💮|white_large_square ⬜|wink 😉|woman-shrugging 🤷‍♀️
wrench 🔧|writing_hand ✍️|x ❌|yellow_heart 💛|yum 😋|zap ⚡|zero 0️⃣|zzz 💤`;

/** Short name → characters. @type {Map<string, string>} */
export const EMOJI = new Map(
  TABLE.trim()
    .split(/[|\n]/)
    .map((pair) => pair.split(" ")),
);

/** Those offered as a reaction, in this order. */
export const REACTIONS = [
  "+1",
  "-1",
  "eyes",
  "white_check_mark",
  "x",
  "tada",
  "rocket",
  "heart",
  "joy",
  "thinking_face",
  "pray",
  "clap",
  "fire",
  "bulb",
  "question",
  "wave",
];

/**
 * @param {string} name a short name without colons, with or without a skin tone
 * @returns {string|null} the characters, or null for a name this page does not know
 */
export function emoji(name) {
  return EMOJI.get(name.split("::")[0]) ?? null;
}

"""Texts of many scripts and of every awkward sort, for whatever must hold on all of them.

Plainly invented sentences about a bridge. `TEXTS` maps a name to a text; `SCRIPTS` are those of ordinary writing.
"""

SCRIPTS = {
    "latin": "Élan vital — “the bridge”, said Zoë Ångström, isn’t œuvre nor façade; naïve coöperation.",
    "vietnamese": "Cô Ánh nói rằng cây cầu đã mở; ông Bảo phủ nhận điều đó.",
    "polish": "Łucja mówi: „most jest otwarty”. Żółć, gęś, jaźń – most jest zamknięty.",
    "turkish": "İstanbul'dan Işıl köprünün açık olduğunu söyledi; ILGIN ıssız, İZMİR iyi.",
    "greek": "Η Άννα είπε ότι η γέφυρα ήταν ανοιχτή. Ο Οδυσσεύς το αρνήθηκε. ὦ ἄνδρες Ἀθηναῖοι",
    "cyrillic": "Анна сказала, что мост открыт. Ёлка й її — «міст зачинено», заявив Борис.",
    "arabic": "قالت آنا إنّ الجِسْرَ مَفْتُوحٌ، ونفى بوريس ذلك. الجســـر مغلق منذ ٣ أيام أو 3 days.",
    "arabic and latin": "قال المتحدث (spokesman) إن 120 شخصا، أي ١٢٠، عبروا جسر “Bridge-7” أمس.",
    "persian": "آنا گفت که پل باز است؛ می‌گویند پل بسته‌ است. ۱۲۰ نفر",
    "hebrew": "אנה אמרה שהגשר פתוח. בּוֹרִיס הִכְחִישׁ: “bridge” 12 ק״מ.",
    "syriac": "ܐܢܐ ܐܡܪܬ ܓܫܪܐ ܦܬܝܚ ܗܘܐ",
    "devanagari": "अन्ना ने कहा कि पुल खुला है। बोरिस ने कहा: क्षेत्र में पुल बंद है।",
    "bengali": "আন্না বললেন সেতু খোলা। বরিস অস্বীকার করলেন।",
    "gujarati": "અન્નાએ કહ્યું કે પુલ ખુલ્લો છે.",
    "gurmukhi": "ਅੰਨਾ ਨੇ ਕਿਹਾ ਕਿ ਪੁਲ ਖੁੱਲ੍ਹਾ ਹੈ।",
    "tamil": "பாலம் திறந்திருக்கிறது என்று அன்னா சொன்னார்.",
    "telugu": "వంతెన తెరిచి ఉందని అన్నా చెప్పింది.",
    "malayalam": "പാലം തുറന്നിരിക്കുന്നു എന്ന് അന്ന പറഞ്ഞു.",
    "sinhala": "පාලම විවෘතයි කියා අන්නා කීවාය.",
    "thai": "แอนนาบอกว่าสะพานเปิดอยู่ แต่บอริสปฏิเสธเรื่องนี้",
    "lao": "ແອນນາເວົ້າວ່າຂົວເປີດຢູ່",
    "khmer": "អាណានិយាយថាស្ពានបើក",
    "burmese": "အန်နာက တံတားဖွင့်ထားတယ်လို့ ပြောတယ်။",
    "tibetan": "ཟམ་པ་ཁ་ཕྱེ་ཡོད་ཅེས་ཨ་ནས་ལབ་སོང་།",
    "georgian": "ანამ თქვა, რომ ხიდი ღიაა. ბორისმა უარყო.",
    "armenian": "Աննան ասաց, որ կամուրջը բաց է։ և Բորիսը հերքեց",
    "ethiopic": "አና ድልድዩ ክፍት ነው አለች። ቦሪስ ካደ።",
    "cherokee": "ᎠᎾ ᎤᏛᏅᎢ ᎠᏒᏢ ᎤᏍᏚᎢᏛ",
    "chinese": "安娜说桥是开着的。鲍里斯否认了。「橋」已經關閉，𠮷野家與𡘙。",
    "japanese": "アンナは「橋は開いている」と言った。ﾊｼ ガ ｶﾞ が か゛ 葛󠄀城市 神",
    "korean": "안나는 다리가 열려 있다고 말했다. 보리스는 부인했다.",
    "korean jamo": "안나 다리",
    "gothic": "𐌰𐌽𐌽𐌰 𐌵𐌰𐌸 𐌱𐍂𐌿𐌲𐌾𐌰",
    "adlam": "𞤀𞤲𞤢 𞤱𞤭𞤴𞤭 𞤶𞤮𞤤𞤮",
}

AWKWARD = {
    "emoji": "💩This is an annotation. 👩‍👩‍👧‍👦 went; 👍🏽 and 👍; ❤️ is not ❤.",
    "flags": "🇸🇾🇹🇷🇺🇳 stood beside 🏴󠁧󠁢󠁥󠁮󠁧󠁿 and 🏳️‍🌈.",
    "stacked marks": "z"
    + "".join(chr(0x300 + n % 0x70) for n in range(100))
    + "algo and e\u0301\u0323 or e\u0323\u0301.",
    "composed": "Élan café Ångström 한글",
    "decomposed": "E\u0301lan cafe\u0301 A\u030angstro\u0308m \u1112\u1161\u11ab\u1100\u1173\u11af",
    "astral": "".join(chr(code) for code in range(0x1D400, 0x1D434)) + " 𝕏 𐍈 \U0010ffff end",
    "zero width": "zero\u200bwidth non\u200cjoiner join\u200der word\u2060joiner \ufeffmark soft\u00adhyphen",
    "directions": "left \u202eright to left\u202c back \u2067isolated\u2069 \u061cmark \u200fand \u200eend",
    "line ends": "one\r\ntwo\rthree\nfour\u2028five\u2029six\x85seven\x0beight\x0cnine\r\n\r\n\n\n",
    "leading line feed": "\nThe first line is empty.\n",
    "outer spaces": "  \t indented, and trailing \t \n",
    "spaces": "no\u00a0break thin\u2009space ideographic\u3000space narrow\u202fspace figure\u2007space",
    "controls": "".join(chr(code) for code in range(1, 0x20))
    + "\x7f"
    + "".join(chr(code) for code in range(0x80, 0xA0)),
    "noncharacters": "private \ue000\uf8ff\U000f0000 none \ufdd0\ufffe\uffff replaced \ufffd end",
    "repetition": "no no no no, anno nono, no",
    "nothing but marks": "\u0301\u0302\u0303",
    "one character": "𝄞",
}

# 50,000 characters without a space: each stands there two or three times, hardly a pair of them twice.
WITHOUT_A_SPACE = "".join(chr(0x4E00 + index * (7, 11, 13)[index // 20_000] % 20_000) for index in range(50_000))

TEXTS = {**SCRIPTS, **AWKWARD}

/* SPDX-License-Identifier: Apache-2.0 */
/* What English-speaking patients wrote. */
#include "clinic/data/story.h"

#define END { 0, 0, NULL, NULL }

const struct seed_line story_en_cough[] = {
	{ 'P', 0, "Hello Dr Wu. {Since I started the $drug1|About two weeks into the $drug1} I have had a dry, tickly cough, mostly at night.", NULL },
	{ 'D', 24, "Hello. Any fever, phlegm, breathlessness, or swelling of the lips or tongue? Swelling of the face would mean going to A&E at once.", NULL },
	{ 'P', 11, "None of that, just the cough. My wife is the one losing sleep.", NULL },
	{ 'D', 5, "That is a common effect of this kind of tablet and it goes when the tablet is changed. What has your blood pressure been at home this week?", NULL },
	{ 'P', 460, "Here is this morning's reading, $bp. The rest of the week was much the same.", "bp-monitor.png" },
	{ 'P', 2, "I have $left days of tablets left. Do I stop them now, or wait until you have changed them?", NULL },
	END
};
const struct seed_line fresh_en_cough[] = {
	{ 'P', 0, "Hello doctor, I have had a dry cough for ten days and wonder if it is the $drug1. No fever. Should I stop it?", NULL },
	END
};

const struct seed_line story_en_iron[] = {
	{ 'P', 0, "Hi doctor, I had the repeat blood test this morning. Still tired, but the stairs are a bit easier.", NULL },
	{ 'D', 60, "Thank you. Are you managing the iron twice a day? Tea and coffee within an hour of it stop it working.", NULL },
	{ 'P', 15, "Twice a day, yes, though it binds me up something awful. Haemoglobin says $hb, it was $hb0.", NULL },
	{ 'P', 3, "Is that going the right way? And could I take it every other day instead?", NULL },
	END
};

const struct seed_line story_en_migraine[] = {
	{ 'P', 0, "Dr Wu, six migraines this month instead of two. Same as always: left side, flashing lights first, then sick.", NULL },
	{ 'D', 20, "Sorry to hear that. Anything new: worst headache of your life, fever, weakness, trouble speaking, or a change in the pattern on waking? Those need a hospital today.", NULL },
	{ 'P', 8, "No, just more of the same. New job, long screens, skipping lunch.", NULL },
	{ 'D', 6, "How many days this month did you take a painkiller? More than ten can itself keep headaches going.", NULL },
	{ 'P', 12, "Hm. Twelve or thirteen, now I count. Is that why?", NULL },
	END
};
const struct seed_line fresh_en_migraine[] = {
	{ 'P', 0, "Hello, another migraine with the zigzag lights this morning. It has gone now. Should I be taking the $drug1 every night?", NULL },
	END
};

const struct seed_line story_en_check[] = {
	{ 'P', 0, "Hello Dr Wu, could you look at my diabetes results when you have a moment? HbA1c $a1c I think.", NULL },
	{ 'D', 140, "Seen, thank you: HbA1c $a1c, last time $a1c0. Kidneys are steady, eGFR $egfr. No change to the tablets. Please have the eye photographs this year.", NULL },
	{ 'P', 40, "Will do. Thank you, doctor.", NULL },
	END
};

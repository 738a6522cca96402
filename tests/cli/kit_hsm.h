/* SPDX-License-Identifier: Apache-2.0 */
/* A SoftHSM2 token in a home, with a P-256 key, PIN 123456. */
#ifndef QN_TESTS_CLI_KIT_HSM_H
#define QN_TESTS_CLI_KIT_HSM_H

#include "tests/cli/run.h"
#include "tests/kit_hsm.h"

static inline void
hsm(struct home *h)
{
	g_autofree char *conf = hsm_make(h->dir);

	home_env(h, "SOFTHSM2_CONF", conf);
}

#endif

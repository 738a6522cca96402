/* SPDX-License-Identifier: Apache-2.0 */
/* Inside net/: what qingnang-sync was asked to do. */
#ifndef QN_NET_OPTION_H
#define QN_NET_OPTION_H

#include "net/net.h"

enum net_mode {
	MODE_SERVE,  /* until its last client leaves */
	MODE_ONCE,
	MODE_CHECK,  /* connects, sends and fetches nothing */
	MODE_PURGE,
	MODE_LOGIN,
};
struct net_options {
	enum net_mode mode;
	char *profile;
	int key_fd;         /* -1: none */
	gboolean watch;     /* a person at a terminal: until stopped */
	gboolean stay;      /* outlives its last client */
	gboolean paste;     /* login: no browser on this machine */
	gboolean version;
};
/* FALSE: one sentence in error (G_OPTION_ERROR). */
gboolean net_options_parse(struct net_options *options, int *argc,
    char ***argv, GError **error);
void net_options_clear(struct net_options *options);

#endif

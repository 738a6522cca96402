/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small child, forked before anything is open and before the filter: it alone
 * runs the token and secret commands of the settings, by number, when asked. The
 * rest of qingnang-sync can then never start a program.
 */
#ifndef QN_NET_BROKER_H
#define QN_NET_BROKER_H

#include "net/loop.h"

enum broker_command { BROKER_TOKEN, BROKER_CLIENT_SECRET, BROKER_COMMANDS_ };

struct broker;
/* NULL with error; a profile without commands has a broker all the same. */
struct broker *broker_new(const struct base_settings *settings,
    GError **error);
/* First line of what the command prints; turns the loop meanwhile. */
struct base_secret *broker_run(struct broker *broker, struct loop *loop,
    enum broker_command command, GError **error);
void broker_free(struct broker *broker);
BASE_DEFINE_AUTO(broker, broker_free)

#endif

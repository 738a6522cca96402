/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli/: qingnang's main, its options, one file per subcommand, and the starter
 * that alone starts outside programs. May use every room but net/ and clinic/.
 */
#ifndef QN_CLI_H
#define QN_CLI_H

#include "tui/tui.h"

int cli_main(int argc, char **argv);

#endif

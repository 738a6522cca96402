/* SPDX-License-Identifier: Apache-2.0 */
#include "net/net.h"

int
main(int argc, char **argv)
{
	return net_main(argc, argv);
}

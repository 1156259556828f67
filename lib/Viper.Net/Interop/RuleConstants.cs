namespace Viper.Net.Interop;

/// <summary>Rules of the routing policy (linux/fib_rules.h, linux/rtnetlink.h).</summary>
internal static class RuleConstants
{
    internal const int RTM_NEWRULE = 32;
    internal const int RTM_DELRULE = 33;
    internal const int RTM_GETRULE = 34;
    internal const int FRA_DST = 1;
    internal const int FRA_SRC = 2;
    internal const int FRA_IIFNAME = 3;
    internal const int FRA_PRIORITY = 6;
    internal const int FRA_FWMARK = 10;
    internal const int FRA_FWMASK = 16;
    internal const int FRA_TABLE = 15;
    internal const int FRA_OIFNAME = 17;
    internal const int FR_ACT_TO_TBL = 1;
    internal const int FR_ACT_BLACKHOLE = 6;
    internal const int FR_ACT_UNREACHABLE = 7;
    internal const int FR_ACT_PROHIBIT = 8;
    internal const int FIB_RULE_INVERT = 2;
}

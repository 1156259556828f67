using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

using Viper.Net.Interop;

namespace Viper.Net.Tests;

/// <summary>Every constant, size and offset in Interop/ is what the machine's own kernel headers say.</summary>
public sealed class HeadersTests
{
    private const string Includes = """
        #define _GNU_SOURCE
        #include <stdio.h>
        #include <stddef.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <poll.h>
        #include <sched.h>
        #include <signal.h>
        #include <sys/socket.h>
        #include <sys/mount.h>
        #include <sys/ioctl.h>
        #include <linux/if.h>
        #include <linux/if_ether.h>
        #include <linux/netlink.h>
        #include <linux/rtnetlink.h>
        #include <linux/fib_rules.h>
        #include <linux/if_link.h>
        #include <linux/if_addr.h>
        #include <linux/if_tun.h>
        #include <linux/if_arp.h>
        #include <linux/neighbour.h>
        #include <linux/pkt_sched.h>
        #include <linux/pkt_cls.h>
        #include <linux/gen_stats.h>
        #include <linux/sockios.h>
        #include <linux/if_vlan.h>
        #include <linux/tc_act/tc_mirred.h>
        #include <linux/veth.h>
        #include <linux/capability.h>
        #include <linux/netfilter.h>
        #include <linux/netfilter/nfnetlink.h>
        #include <linux/netfilter/nfnetlink_log.h>
        #include <linux/netfilter/nfnetlink_conntrack.h>
        #include <linux/netfilter/nf_tables.h>
        #include <linux/netfilter/nf_conntrack_common.h>

        """;

    [Fact]
    public void Interop_AllConstantsAndStructures_AreTheKernels()
    {
        Dictionary<string, long> ours = Ours();
        Assert.True(ours.Count > 500, $"only {ours.Count} facts were found");

        Dictionary<string, long> theirs = AskCompiler(ours.Keys);

        Assert.Equal(ours.OrderBy(pair => pair.Key, StringComparer.Ordinal), theirs.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    private static Dictionary<string, long> Ours()
    {
        Dictionary<string, long> facts = new(StringComparer.Ordinal);
        foreach (Type type in typeof(NetlinkConstants).Assembly.GetTypes().Where(type => type.Namespace == "Viper.Net.Interop"))
        {
            if (type.Name.EndsWith("Constants", StringComparison.Ordinal))
            {
                foreach (FieldInfo field in type.GetFields(BindingFlags.NonPublic | BindingFlags.Static).Where(field => field.IsLiteral))
                {
                    facts[$"(long long)({field.Name})"] = Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture);
                }
            }
            else if (type.IsValueType && !type.IsByRefLike && !type.IsEnum && char.IsLower(type.Name[0]) && !type.IsNested)
            {
                facts[$"sizeof(struct {type.Name})"] = Marshal.SizeOf(type);
                foreach (FieldInfo field in type.GetFields(BindingFlags.NonPublic | BindingFlags.Instance))
                {
                    facts[$"offsetof(struct {type.Name}, {field.Name})"] = (long)Marshal.OffsetOf(type, field.Name);
                }
            }
        }

        return facts;
    }

    private static Dictionary<string, long> AskCompiler(IEnumerable<string> expressions)
    {
        string folder = Directory.CreateTempSubdirectory("viper-headers").FullName;
        try
        {
            StringBuilder source = new(Includes);
            source.AppendLine("int main(void) {");
            foreach (string expression in expressions)
            {
                source.AppendLine(CultureInfo.InvariantCulture, $"printf(\"%s=%lld\\n\", \"{expression}\", (long long)({expression}));");
            }

            source.AppendLine("return 0; }");
            string code = Path.Combine(folder, "facts.c");
            string program = Path.Combine(folder, "facts");
            File.WriteAllText(code, source.ToString());
            Run("cc", "-o", program, code);
            return Run(program).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('='))
                .ToDictionary(parts => parts[0], parts => long.Parse(parts[1], CultureInfo.InvariantCulture), StringComparer.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        return output;
    }
}

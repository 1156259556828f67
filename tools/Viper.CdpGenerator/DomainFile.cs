using System.Globalization;
using System.Text;

namespace Viper.CdpGenerator;

/// <summary>The C# of one domain: its commands as methods, and its types within it.</summary>
internal sealed partial class DomainFile
{
    private readonly string _version;
    private readonly Domain _domain;
    private readonly TypeTable _types;
    private readonly HashSet<string> _read;
    private readonly HashSet<string> _written;
    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _names = [];
    private readonly List<(string Name, IReadOnlyList<string> Values)> _enums = [];

    public DomainFile(string version, Domain domain, TypeTable types, HashSet<string> read, HashSet<string> written)
    {
        _version = version;
        _domain = domain;
        _types = types;
        _read = read;
        _written = written;
    }

    /// <summary>A member's documentation: a link to its page in the protocol's reference.</summary>
    public static string Link(string domain, string anchor, string name, Marks marks) =>
        $"{(marks.HasFlag(Marks.Experimental) ? "Experimental. " : "")}<see href=\"https://chromedevtools.github.io/devtools-protocol/tot/{domain}/{anchor}\">{name}</see>";

    public string Write()
    {
        _text.Append(DomainFiles.Head(_version));
        _text.Append("using System.Diagnostics.CodeAnalysis;\nusing System.Text.Json;\nusing Viper.Cdp.Protocol;\n\nnamespace Viper.Cdp.Domains;\n\n");
        Doc("", "", _domain.Name, _domain.Marks);
        Line($"public readonly struct {CSharpNames.Domain(_domain.Name)}");
        Line("{");
        Line("    private readonly CdpSession _session;");
        Line("");
        Line($"    internal {CSharpNames.Domain(_domain.Name)}(CdpSession session) => _session = session;");
        foreach (CommandFacts command in _domain.Commands)
        {
            WriteMethod(command);
        }

        foreach (CommandFacts command in _domain.Commands)
        {
            WriteCommand(command);
        }

        foreach (EventFacts @event in _domain.Events)
        {
            string name = CSharpNames.Pascal(@event.Name);
            WriteRecord(name + "Event", name, "#event-" + @event.Name, @event.Name, @event.Marks, @event.Parameters, true, false, $"{_domain.Name}.{@event.Name}");
        }

        foreach (TypeFacts type in _domain.Types)
        {
            WriteType(type);
        }

        foreach ((string name, IReadOnlyList<string> values) in _enums)
        {
            WriteEnum(name, values);
        }

        Line("}");
        WriteNames();
        return _text.ToString();
    }

    private void WriteType(TypeFacts type)
    {
        string name = TypeTable.LocalName(_domain.Name, type.Name);
        string full = $"{_domain.Name}.{type.Name}";
        if (type.Values.Count > 0)
        {
            _enums.Add((name, type.Values));
        }
        else if (type.Members.Count > 0 && (_read.Contains(full) || _written.Contains(full)))
        {
            WriteRecord(name, name, "#type-" + type.Name, type.Name, type.Marks, type.Members, _read.Contains(full), _written.Contains(full), null);
        }
    }

    private void WriteEnum(string name, IReadOnlyList<string> values)
    {
        Claim(name);
        Line("");
        Line($"    /// <summary>Values that this version does not know are <c>Unrecognized</c>. {Link(_domain.Name, "", name, Marks.None)}</summary>");
        Line($"    public enum {name}");
        Line("    {");
        Line("        Unrecognized,");
        foreach (string value in CSharpNames.Values(values))
        {
            Line($"        {value},");
        }

        Line("    }");
    }

    private void WriteNames()
    {
        if (_enums.Count == 0)
        {
            return;
        }

        Line("");
        Line($"internal static class {_domain.Name}Names");
        Line("{");
        foreach ((string name, IReadOnlyList<string> values) in _enums)
        {
            Line($"    internal static ReadOnlySpan<byte> {name} => \"{string.Join(' ', values)}\"u8;");
        }

        Line("}");
    }

    /// <summary>Notes the enums that members bring with them.</summary>
    private void TakeEnums(string owner, IEnumerable<Member> members)
    {
        foreach (Member member in members.Where(static m => m.Values.Count > 0))
        {
            _enums.Add((TypeTable.EnumName(owner, member), member.Values));
        }
    }

    private void Claim(string name)
    {
        if (!_names.Add(name))
        {
            throw new InvalidOperationException($"The domain {_domain.Name} would have two types {name}.");
        }
    }

    private void Doc(string indent, string anchor, string name, Marks marks)
    {
        Line($"{indent}/// <summary>{Link(_domain.Name, anchor, name, marks)}</summary>");
        if (marks.HasFlag(Marks.Deprecated))
        {
            Line($"{indent}[Obsolete(\"Deprecated in the protocol.\")]");
        }
    }

    private void Line(string text) => _text.Append(CultureInfo.InvariantCulture, $"{text}\n");

    // Within its own domain a name needs no prefix; but a property may have the domain's name, so it stays.
    private CSharpType TypeOf(Member member, string owner) => _types.Of(member, _domain.Name, owner);
}

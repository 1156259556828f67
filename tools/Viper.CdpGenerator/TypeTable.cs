namespace Viper.CdpGenerator;

/// <summary>Finds what the protocol's types become.</summary>
internal sealed class TypeTable
{
    private readonly Dictionary<string, (Domain Domain, TypeFacts Type)> _types = [];

    public TypeTable(Protocol protocol)
    {
        foreach (Domain domain in protocol.Domains)
        {
            foreach (TypeFacts type in domain.Types)
            {
                _types.Add($"{domain.Name}.{type.Name}", (domain, type));
            }
        }
    }

    /// <summary>The objects that values of these types hold, themselves included.</summary>
    public HashSet<string> Reach(IEnumerable<Member> members)
    {
        HashSet<string> seen = [];
        Stack<string> open = new(members.Select(static m => m.Type));
        while (open.TryPop(out string? next))
        {
            string name = next.Replace("[]", "", StringComparison.Ordinal);
            if (_types.TryGetValue(name, out (Domain Domain, TypeFacts Type) found) && seen.Add(name))
            {
                open.Push(found.Type.Type);
                foreach (Member member in found.Type.Members)
                {
                    open.Push(member.Type);
                }
            }
        }

        return seen;
    }

    /// <summary>The type of a member; an enum of its own has the name of its owner and itself.</summary>
    public CSharpType Of(Member member, string domain, string owner) =>
        member.Values.Count > 0 ? Enum(domain, EnumName(owner, member)) : Of(member.Type);

    public static string EnumName(string owner, Member member) => owner + CSharpNames.Pascal(member.Name);

    /// <summary>The name of a domain's type within the domain.</summary>
    public static string LocalName(string domain, string type) =>
        CSharpNames.Pascal(type) is var name && name == domain ? name + "Value" : name;

    public CSharpType Of(string type)
    {
        if (type.StartsWith("[]", StringComparison.Ordinal))
        {
            CSharpType item = Of(type[2..]);
            return new CSharpType(
                $"IReadOnlyList<{item.Name}>",
                false,
                $"CdpRead.List(ref r, static (ref Utf8JsonReader r) => {item.Read})",
                $"CdpWrite.List(w, v, static (w, v) => {item.Write})",
                $"CdpItems<{(item.ViewName.EndsWith("View", StringComparison.Ordinal) ? item.ViewName : "CdpJson")}>",
                "new(j)");
        }

        return type switch
        {
            "string" => new("string", false, "CdpRead.Text(ref r)", "w.WriteStringValue(v)", "CdpJson", "j"),
            "binary" => new("byte[]", false, "CdpRead.Bytes(ref r)", "w.WriteBase64StringValue(v)", "CdpJson", "j"),
            "integer" => new("int", true, "CdpRead.Int32(ref r)", "w.WriteNumberValue(v)", "int?", "j.GetInt32()"),
            "number" => new("double", true, "CdpRead.Double(ref r)", "w.WriteNumberValue(v)", "double?", "j.GetDouble()"),
            "boolean" => new("bool", true, "CdpRead.Boolean(ref r)", "w.WriteBooleanValue(v)", "bool?", "j.GetBoolean()"),
            "any" or "object" => new("CdpValue", true, "CdpValue.Read(ref r)", "v.WriteTo(w)", "CdpJson", "j"),
            _ => Named(type),
        };
    }

    private CSharpType Named(string type)
    {
        (Domain domain, TypeFacts facts) = _types[type];
        if (facts.Values.Count > 0)
        {
            return Enum(domain.Name, LocalName(domain.Name, facts.Name));
        }

        if (facts.Members.Count == 0)
        {
            return Of(facts.Type);
        }

        string name = $"{CSharpNames.Domain(domain.Name)}.{LocalName(domain.Name, facts.Name)}";
        return new CSharpType(name, false, $"CdpRead.Record<{name}>(ref r)", "v.WriteTo(w)", name + "View", "new(j)");
    }

    private static CSharpType Enum(string domain, string name)
    {
        string full = $"{CSharpNames.Domain(domain)}.{name}";
        return new CSharpType(
            full,
            true,
            $"EnumNames.Find<{full}>(ref r, {domain}Names.{name})",
            $"w.WriteStringValue(EnumNames.NameOf(v, {domain}Names.{name}))",
            full + "?",
            $"EnumNames.Find<{full}>(j, {domain}Names.{name})");
    }
}

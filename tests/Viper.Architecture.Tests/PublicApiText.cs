using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Viper.Architecture.Tests;

/// <summary>Writes an assembly's public and protected members as sorted text, one a line.</summary>
internal static class PublicApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // Made from the facts beside it, which say the same in a tenth of the lines (ADR 0007).
    private const string GeneratedNamespace = "Viper.Cdp.Domains";

    public static string Of(Assembly assembly)
    {
        StringBuilder text = new();
        foreach (Type type in assembly.GetExportedTypes().Where(static t => t.Namespace != GeneratedNamespace).OrderBy(static t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type, full: true)).Append(Bases(type)).Append('\n');
            foreach (string member in Members(type).Distinct().Order(StringComparer.Ordinal))
            {
                text.Append("  ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            foreach (string name in Enum.GetNames(type))
            {
                yield return $"{name} = {Convert.ToInt64(Enum.Parse(type, name), System.Globalization.CultureInfo.InvariantCulture)}";
            }

            yield break;
        }

        foreach (FieldInfo field in type.GetFields(Declared).Where(f => (f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly) && !IsGenerated(f)))
        {
            string constant = field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "";
            yield return $"field {Static(field.IsStatic)}{Name(field.FieldType)} {field.Name}{constant}";
        }

        foreach (ConstructorInfo constructor in type.GetConstructors(Declared).Where(c => IsVisible(c) && !c.IsStatic))
        {
            yield return $"new({Parameters(constructor)})";
        }

        foreach (PropertyInfo property in type.GetProperties(Declared))
        {
            MethodInfo? get = property.GetMethod is { } g && IsVisible(g) ? g : null;
            MethodInfo? set = property.SetMethod is { } s && IsVisible(s) ? s : null;
            if ((get ?? set) is not { } accessor || IsGenerated(property))
            {
                continue;
            }

            bool isInit = set?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ?? false;
            string required = property.GetCustomAttribute<RequiredMemberAttribute>() is null ? "" : "required ";
            yield return $"{required}{Static(accessor.IsStatic)}{Name(property.PropertyType)} {property.Name} {{{(get is null ? "" : " get;")}{(set is null ? "" : isInit ? " init;" : " set;")} }}";
        }

        foreach (EventInfo @event in type.GetEvents(Declared).Where(e => e.AddMethod is { } add && IsVisible(add)))
        {
            yield return $"event {Name(@event.EventHandlerType!)} {@event.Name}";
        }

        foreach (MethodInfo method in type.GetMethods(Declared).Where(m => IsVisible(m) && !IsGenerated(m)))
        {
            if (method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal))
            {
                continue;
            }

            string generic = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(static a => a.Name))}>" : "";
            yield return $"{Static(method.IsStatic)}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsGenerated(MemberInfo member) =>
        member.GetCustomAttribute<CompilerGeneratedAttribute>() is not null
        || member.Name.Contains('<', StringComparison.Ordinal)
        || (member.DeclaringType!.GetMethod("<Clone>$") is not null && member is MethodInfo or PropertyInfo { Name: "EqualityContract" });

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(static p =>
        $"{(p.IsOut ? "out " : p.ParameterType.IsByRef ? "ref " : "")}{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? " = " + (p.RawDefaultValue ?? "default") : "")}"));

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static string Bases(Type type)
    {
        if (type.IsEnum || (type.IsAbstract && type.IsSealed))
        {
            return "";
        }

        IEnumerable<Type> inherited = type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) ? [b] : [];
        string[] names = [.. inherited.Concat(type.GetInterfaces().Where(static i => i.IsPublic).OrderBy(static i => i.Name, StringComparer.Ordinal)).Select(static t => Name(t))];
        return names.Length == 0 ? "" : " : " + string.Join(", ", names);
    }

    private static string Name(Type type, bool full = false)
    {
        if (type.IsByRef || type.IsPointer)
        {
            return Name(type.GetElementType()!, full) + (type.IsPointer ? "*" : "");
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        string name = full ? type.FullName! : type.Name;
        if (!type.IsGenericType)
        {
            return name.Replace('+', '.');
        }

        int tick = name.IndexOf('`', StringComparison.Ordinal);
        return $"{(tick < 0 ? name : name[..tick]).Replace('+', '.')}<{string.Join(", ", type.GetGenericArguments().Select(static a => Name(a)))}>";
    }
}
